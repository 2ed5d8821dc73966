// Scans from outside, beside nmap, masscan and zmap, in network namespaces: how fast packets leave, how a slow link is
// filled, what loss costs. Arguments: rounds of the first part (7) and of the others (3).
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createRoad, targetPrefix, type Road } from "../test/scan/road.ts";
import { whyNoNamespaces, type Namespace } from "../test/support/namespace.ts";
import { cpuMsOf, median, spread } from "./rig/contest.ts";

const [rateRounds = 7] = process.argv.slice(2).map(Number);
const program = join(import.meta.dirname, "../bin/portolan");
async function main(): Promise<void> {
  const road = createRoad();
  try {
    await rates(road);
  } finally {
    road.close();
  }
}

/** Packets that the router's device towards the scanner has taken in. */
function arrived(road: Road): number {
  const [link] = JSON.parse(road.router.run("ip", "-j", "-s", "link", "show", "west")) as [
    { readonly stats64: { readonly rx: { readonly packets: number } } },
  ];
  return link.stats64.rx.packets;
}

const routerAddress = (road: Road): string => {
  const [link] = JSON.parse(road.router.run("ip", "-j", "link", "show", "west")) as [
    { readonly address: string },
  ];
  return link.address;
};

function scannerCommands(road: Road) {
  const raw = ["--router-mac", routerAddress(road), "-i", "out", "--source-ip", "198.18.0.2"];
  return {
    portolan: (targets: string, ports: string, ...more: readonly string[]) =>
      [program, "scan", targets, "-p", ports, "--scope", targetPrefix, "--json"].concat(more),
    masscan: (targets: string, ports: string, rate: number) =>
      ["masscan", targets, "-p", ports, "--rate", String(rate), "--wait", "2", "-oL", "-"].concat(raw),
    nmap: (targets: string, ports: string) => [
      "nmap",
      "-n",
      "-Pn",
      "-sS",
      "-T4",
      "-p",
      ports,
      targets,
      "-oG",
      "-",
    ],
    // Debian's own settings leave out all of 198.18.0.0/15. One port only, so each address is asked again and again.
    zmap: (targets: string, senders: number) =>
      [
        "zmap",
        "-C",
        "/dev/null",
        "-b",
        "/dev/null",
        "-i",
        "out",
        "-S",
        "198.18.0.2",
        "-p",
        "80",
        "-P",
        "200",
      ].concat(
        ["-G", routerAddress(road), "-r", "0", "-T", String(senders), "-t", "8", "-c", "0", "-O", "csv"],
        ["-o", "/dev/null", "-q", "--disable-syslog", targets],
      ),
  };
}

/** zmap with as many threads as it takes by itself on two cores, and with one on each. */
function zmapContestants(road: Road): Readonly<Record<string, readonly string[]>> {
  const missing = whyNoNamespaces("zmap");
  if (missing !== undefined) {
    console.log(`zmap is left out: ${missing}`);
    return {};
  }
  const { zmap } = scannerCommands(road);
  return { "zmap -T 1": zmap(targetPrefix, 1), "zmap -T 2": zmap(targetPrefix, 2) };
}

async function rates(road: Road): Promise<void> {
  console.log("packets per second, counted at the peer, which drops them as they come");
  road.router.run("nft", "add table netdev sink");
  road.router.run(
    "nft",
    "add chain netdev sink arriving { type filter hook ingress device west priority 0; policy drop; }",
  );
  road.scanner.run("ip", "neigh", "replace", "198.18.0.1", "lladdr", routerAddress(road), "dev", "out");
  const commands = scannerCommands(road);
  const contestants: Readonly<Record<string, readonly string[]>> = {
    portolan: commands.portolan("198.19.0.0/20", "-", "--rate", "10000000", "--miss", "50%"),
    masscan: commands.masscan("198.19.0.0/18", "1-65535", 10_000_000),
    ...zmapContestants(road),
  };
  const names = Object.keys(contestants);
  const runs = new Map(names.map((name) => [name, [] as Rate[]]));
  for (let round = 0; round < rateRounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed())
      runs.get(name)?.push(await rateOf(road, contestants[name] ?? []));
  }
  road.router.run("nft", "delete table netdev sink");
  for (const [what, figure] of [
    ["packets/s", "perSecond"],
    ["packets per CPU-second", "perCpuSecond"],
  ] as const) {
    const ours = median((runs.get("portolan") ?? []).map((run) => run[figure]));
    for (const [name, list] of runs) {
      const figures = list.map((run) => run[figure]);
      const ratio = (ours / median(figures)).toFixed(2);
      console.log(`${name.padEnd(9)} ${what}: ${spread(figures)}; ours ÷ it ${ratio}`);
    }
  }
}

interface Rate {
  readonly perSecond: number;
  readonly perCpuSecond: number;
}

/** Of three seconds, when it has had two to start. */
async function rateOf(road: Road, command: readonly string[]): Promise<Rate> {
  const child = start(road.scanner, command);
  for (const stream of [child.stdout, child.stderr]) stream?.resume();
  await sleep(2_000);
  const [packets, cpuMs, startMs] = [arrived(road), cpuMsOf(child.pid), performance.now()];
  await sleep(3_000);
  const sent = arrived(road) - packets;
  const perCpuSecond = (sent / (cpuMsOf(child.pid) - cpuMs)) * 1_000;
  const perSecond = (sent / (performance.now() - startMs)) * 1_000;
  child.kill("SIGKILL");
  await once(child, "exit");
  return { perSecond, perCpuSecond };
}

function start(namespace: Namespace, [command = "", ...words]: readonly string[]): ChildProcess {
  return namespace.spawn(command, words, { stdio: ["ignore", "pipe", "pipe"] });
}

const reason = whyNoNamespaces("nft", "tc", "python3", "masscan", "nmap");
if (reason === undefined) await main();
else console.log(`skipped: ${reason}`);
