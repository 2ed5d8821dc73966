// UDP from outside, beside nmap, in network namespaces: 30 ports of many addresses, once where every closed port tells so,
// once where each address sends one ICMP error a second, as Linux does. Arguments: rounds (2), addresses (1000).
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readScanFile } from "../src/sinks/exchange/scan-file.ts";
import { portolan } from "../test/cli/portolan.ts";
import { createRoad, targetPrefix, type Road } from "../test/scan/road.ts";
import { whyNoNamespaces, type Namespace } from "../test/support/namespace.ts";

const [rounds = 2, addresses = 1_000] = process.argv.slice(2).map(Number);
/** Of responders.py: 15 that answer, 2 that never do; and 13 closed ones. */
const services = [53, 69, 88, 111, 123, 137, 161, 389, 500, 1900, 3478, 4433, 5060, 5683, 11_211];
const mute = [514, 51_820];
const closed = Array.from({ length: 13 }, (_, index) => index + 1);
const ports = [...services, ...mute, ...closed].join(",");
const patienceMs = 600_000;

interface Run {
  readonly ms: number;
  readonly open: number;
  readonly closed: number;
  readonly done: boolean;
}
type Scanner = (road: Road, folder: string) => Promise<Run>;

const targets = Array.from({ length: addresses }, (_, index) => `198.19.${16 + (index >> 8)}.${index & 255}`);

async function statesOf(file: string, ms: number): Promise<Run> {
  const { hosts, complete } = await readScanFile(file);
  const count = (state: string): number =>
    hosts.reduce(
      (sum, host) =>
        sum +
        host.ports.filter((port) => port.state === state).length +
        host.extra.reduce((more, extra) => more + (extra.state === state ? extra.count : 0), 0),
      0,
    );
  return { ms, open: count("open"), closed: count("closed"), done: complete };
}

const inside = ({ scanner }: Road): string[] => ["nsenter", `--net=/run/netns/${scanner.name}`, "--"];

const ours: Scanner = async (road, folder) => {
  const words = ["scan", `@${join(folder, "targets")}`, "-p", `U:${ports}`, "--scope", targetPrefix];
  const { stdout, ms } = await portolan([...words, "--rate", "20000", "--format", "nmap-xml"], {
    before: inside(road),
    timeoutMs: patienceMs,
  });
  const file = join(folder, "ours.xml");
  writeFileSync(file, stdout);
  return statesOf(file, ms);
};

const nmap: Scanner = async (road, folder) => {
  const file = join(folder, "nmap.xml");
  const words = ["nmap", "-n", "-Pn", "-sU", "-T4", "-p", ports, "-iL", join(folder, "targets"), "-oX", file];
  const { ms, code } = await portolan([], { program: words, before: inside(road), timeoutMs: patienceMs });
  return code === 0 ? statesOf(file, ms) : { ms, open: 0, closed: 0, done: false };
};

/** One error a second and address, six in a bunch. */
function limitErrors(target: Namespace): () => void {
  target.run("nft", "add table ip limits");
  target.run("nft", "add set ip limits sent { type ipv4_addr; size 65535; flags dynamic; }");
  target.run("nft", "add chain ip limits output { type filter hook output priority 0; }");
  const over = "{ ip saddr limit rate over 1/second burst 6 packets }";
  target.run("nft", `add rule ip limits output icmp type destination-unreachable add @sent ${over} drop`);
  return () => void target.run("nft", "delete table ip limits");
}

async function compare(title: string, road: Road, folder: string): Promise<void> {
  const runs = { portolan: [] as Run[], nmap: [] as Run[] };
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? (["portolan", "nmap"] as const) : (["nmap", "portolan"] as const);
    for (const name of order) runs[name].push(await { portolan: ours, nmap }[name](road, folder));
  }
  console.log(`${title}: ${addresses * services.length} open, ${addresses * closed.length} closed`);
  for (const [name, list] of Object.entries(runs)) {
    const seconds = list.map(({ ms }) => (ms / 1_000).toFixed(1)).join(", ");
    const found = list.map((run) => (run.done ? `${run.open}/${run.closed}` : "not done")).join(", ");
    console.log(`  ${name.padEnd(8)} ${seconds} s; open/closed ${found}`);
  }
}

async function main(): Promise<void> {
  const road = createRoad();
  const folder = mkdtempSync(join(tmpdir(), "portolan-bench-udp-"));
  try {
    writeFileSync(join(folder, "targets"), targets.join("\n"));
    // Of all addresses together the kernel would send one a second: they are to be hosts of their own.
    road.target.run("sysctl", "-qw", "net.ipv4.icmp_ratemask=0");
    const script = join(import.meta.dirname, "../test/scan/responders.py");
    const responders = road.target.spawn("python3", [script], { stdio: ["pipe", "pipe", "inherit"] });
    if (responders.stdout !== null) await once(responders.stdout, "data");
    await compare("no limit of errors", road, folder);
    const lift = limitErrors(road.target);
    await compare("one error a second and address", road, folder);
    lift();
    responders.stdin?.end();
  } finally {
    road.close();
    rmSync(folder, { recursive: true });
  }
}

const missing = whyNoNamespaces("nft", "nmap", "python3", "sysctl");
if (missing !== undefined) console.log(`skipped: ${missing}`);
else await main();
