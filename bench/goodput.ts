// How fast open ports are found when hardly one may be missed: 1,024 addresses, 5,000 pairs of address and port open,
// all others refused by the target's kernel; we by ourselves and by rate, beside masscan at rising rates.
// Arguments: rounds (5), ports of each address (10,000), offloads of the scanner's device (off), rates of masscan.
import { once } from "node:events";
import { join } from "node:path";
import { createNamespace, type Namespace, whyNoNamespaces } from "../test/support/namespace.ts";
import { inTurns, load, median, type Run, spread } from "./rig/contest.ts";

const [rounds = 5, ports = 10_000] = process.argv.slice(2, 4).map(Number);
const offloadsWanted = process.argv[4] === "on" ? "on" : "off";
const masscanRates = (process.argv[5] ?? "20000,50000,100000,200000").split(",").map(Number);
const program = join(import.meta.dirname, "../bin/portolan");
const listenersScript = join(import.meta.dirname, "goodput/pair_listeners.py");
const prefix = "198.19.0.0/22";
const addresses = 1_024;
const openPairs = 5_000;
const missedMax = 0.001;
const readyMsMax = 60_000;
/** masscan sends at half of the rate that it is given, or at less when it is a high one. */
const slownessMax = 8;

interface Lane {
  readonly scanner: Namespace;
  readonly target: Namespace;
  readonly targetMac: string;
}

/** Scanner and target on one cable, neighbours known to each other. */
function createLane(): Lane {
  const [scanner, target] = [createNamespace(), createNamespace()];
  scanner.run("ip", "link", "add", "out", "type", "veth", "peer", "name", "in", "netns", target.name);
  for (const [namespace, device, address] of [
    [scanner, "out", "198.18.0.2/24"],
    [target, "in", "198.18.0.1/24"],
  ] as const) {
    namespace.run("ip", "link", "set", device, "up");
    namespace.run("ip", "address", "add", address, "dev", device);
  }
  scanner.run("ip", "route", "add", prefix, "via", "198.18.0.1");
  target.run("ip", "route", "add", "local", prefix, "dev", "lo");
  target.run("sysctl", "-qw", "net.ipv4.tcp_max_syn_backlog=65535", "net.core.somaxconn=65535");
  const [targetMac, scannerMac] = [macOf(target, "in"), macOf(scanner, "out")];
  scanner.run("ip", "neigh", "replace", "198.18.0.1", "lladdr", targetMac, "dev", "out");
  target.run("ip", "neigh", "replace", "198.18.0.2", "lladdr", scannerMac, "dev", "in");
  return { scanner, target, targetMac };
}

function macOf(namespace: Namespace, device: string): string {
  const [link] = JSON.parse(namespace.run("ip", "-j", "link", "show", device)) as [
    { readonly address: string },
  ];
  return link.address;
}

/** Opens the pairs; what is open, as `address:port`. */
async function openThem(target: Namespace): Promise<{ truth: Set<string>; stop: () => void }> {
  const listeners = target.spawn("python3", [listenersScript, String(openPairs), String(ports)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  let text = "";
  const patience = AbortSignal.timeout(readyMsMax);
  while (!text.endsWith("ready\n")) {
    if (listeners.stdout === null) throw new Error("the listeners have no output");
    const [chunk] = (await once(listeners.stdout, "data", { signal: patience })) as [Buffer];
    text += chunk.toString();
  }
  return { truth: new Set(text.trim().split("\n").slice(0, -1)), stop: () => listeners.stdin?.end() };
}

const marks = {
  portolan: /"type":"endpoint","address":"([\d.]+)","transport":"tcp","port":(\d+)/g,
  masscan: /^open tcp (\d+) ([\d.]+)/gm,
} as const;

function foundBy(name: keyof typeof marks, { text }: Run): string[] {
  const pairs = new Set(
    [...text.matchAll(marks[name])].map(([, first = "", second = ""]) =>
      name === "portolan" ? `${first}:${second}` : `${second}:${first}`,
    ),
  );
  return [...pairs];
}

async function main({ scanner, target, targetMac }: Lane): Promise<void> {
  const { truth, stop } = await openThem(target);
  // masscan's ring has 32 slots with offloads on, 1,310 with them off: its best configuration.
  const offloads = ["tso", "gso", "gro", "tx", "rx"].flatMap((each) => [each, offloadsWanted]);
  scanner.run("ethtool", "-K", "out", ...offloads);
  const list = `1-${ports}`;
  const portolan = (...more: string[]) => ({
    command: [program, "scan", prefix, "-p", list, "--scope", prefix, "--json", ...more],
    pattern: marks.portolan,
  });
  const masscan = (rate: number, retries: number) => ({
    command: (
      `masscan ${prefix} -p ${list} --rate ${rate} --retries ${retries} --wait 2 -oL - ` +
      `-i out --source-ip 198.18.0.2 --router-mac ${targetMac}`
    ).split(" "),
    pattern: marks.masscan,
    patienceMs: (slownessMax * (addresses * ports * (1 + retries) * 1_000)) / rate,
  });
  const contestants = {
    "portolan, by itself": portolan(),
    "portolan --rate 200000": portolan("--rate", "200000"),
    "portolan --rate 400000": portolan("--rate", "400000"),
    ...Object.fromEntries(masscanRates.map((rate) => [`masscan --rate ${rate}`, masscan(rate, 0)])),
    "masscan --rate 100000 --retries 1": masscan(100_000, 1),
  };
  console.log(`${addresses} addresses × ${ports} ports, ${truth.size} open; pairs decided per second`);
  const runs = await inTurns(scanner, contestants, rounds);
  const best = { portolan: 0, masscan: 0 };
  for (const [name, list] of runs) {
    const tool = name.startsWith("masscan") ? "masscan" : "portolan";
    const goodput = list.map(({ sendingMs }) => (addresses * ports * 1_000) / sendingMs);
    const found = list.map((run) => foundBy(tool, run));
    const missed = found.map(
      (ports) => (truth.size - ports.filter((pair) => truth.has(pair)).length) / truth.size,
    );
    const wrong = found.map((ports) => ports.filter((pair) => !truth.has(pair)).length);
    if (median(missed) <= missedMax) best[tool] = Math.max(best[tool], median(goodput));
    const shares = spread(
      missed.map((share) => share * 100),
      2,
    );
    console.log(
      `${name.padEnd(34)} ${spread(goodput)}, missed ${shares} %, falsely open ${Math.max(...wrong)}`,
    );
  }
  console.log(
    `highest with at most ${missedMax * 100} % missed: portolan ${Math.round(best.portolan)}, ` +
      `masscan ${Math.round(best.masscan)}, ratio ${(best.portolan / best.masscan).toFixed(2)}; load ${load()}`,
  );
  stop();
}

const reason = whyNoNamespaces("python3", "masscan", "sysctl", "ethtool");
if (reason === undefined) {
  const lane = createLane();
  try {
    await main(lane);
  } finally {
    lane.scanner.close();
    lane.target.close();
  }
} else console.log(`skipped: ${reason}`);
