// Scans from outside, beside nmap, masscan and zmap, in network namespaces: how fast packets leave, how a slow link is
// filled, what loss costs. Arguments: rounds of the first part (7) and of the others (3).
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { listenIn } from "../test/scan/listening.ts";
import { createRoad, targetPrefix, type Road } from "../test/scan/road.ts";
import { whyNoNamespaces, type Namespace } from "../test/support/namespace.ts";
import { cpuMsOf, inTurns, median, spread } from "./rig/contest.ts";

const [rateRounds = 7, rounds = 3] = process.argv.slice(2).map(Number);
const program = join(import.meta.dirname, "../bin/portolan");
async function main(): Promise<void> {
  const road = createRoad();
  try {
    await rates(road);
    const openPorts = Array.from({ length: 200 }, (_, index) => 100 + index * 327);
    const stop = await listenIn(road.target, openPorts);
    await slowLink(road, openPorts);
    await losses(road, openPorts);
    await stop();
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

const patterns = {
  portolan: /"type":"endpoint"/g,
  masscan: /^open tcp/gm,
  nmap: /\/open\//g,
} as const;

async function compare(
  road: Road,
  contestants: Readonly<Record<string, readonly string[]>>,
  expected: number,
): Promise<void> {
  const named = Object.entries(contestants).map(([name, command]) => {
    const tool = (["masscan", "nmap"] as const).find((each) => name.startsWith(each)) ?? "portolan";
    return [name, { command, pattern: patterns[tool] }] as const;
  });
  const runs = await inTurns(road.scanner, Object.fromEntries(named), rounds);
  for (const [name, list] of runs) {
    const seconds = spread(
      list.map(({ ms }) => ms / 1_000),
      1,
    );
    const found = list.map(({ open, done }) => `${open}${done ? "" : " (not done)"}`).join(", ");
    console.log(`${name.padEnd(28)} ${seconds} s, found of ${expected}: ${found}`);
  }
}

async function slowLink(road: Road, openPorts: readonly number[]): Promise<void> {
  road.shape("1mbit", "6kb");
  road.silence("198.19.3.3", openPorts);
  const { portolan, masscan, nmap } = scannerCommands(road);
  for (const [kind, address] of [
    ["closed ports answered", "198.19.0.5"],
    ["closed ports silent", "198.19.3.3"],
  ] as const) {
    console.log(`\n1 Mbit/s, queue of 6 kB, one target, 200 of 65,535 ports open, ${kind}`);
    const contestants = {
      "portolan --bandwidth 1mbit": portolan(address, "-", "--bandwidth", "1mbit"),
      "portolan, not told": portolan(address, "-"),
      "masscan --rate 1500": masscan(address, "1-65535", 1_500),
      "masscan --rate 5000": masscan(address, "1-65535", 5_000),
      "nmap -sS -T4": nmap(address, "1-65535"),
    };
    await compare(road, contestants, openPorts.length);
  }
  for (const device of ["west", "east"]) road.router.run("tc", "qdisc", "del", "dev", device, "root");
}

async function losses(road: Road, openPorts: readonly number[]): Promise<void> {
  for (let host = 24; host < 32; host += 1) road.silence(`198.19.0.${host}`, openPorts);
  const expected = openPorts.filter((port) => port <= 10_000).length * 24;
  const { portolan, masscan, nmap } = scannerCommands(road);
  for (const loss of [0.01, 0.02, 0.05, 0.1]) {
    road.lose(loss);
    console.log(`\n16 hosts that answer and 8 silent ones × 10,000 ports, ${loss * 100} % lost each way`);
    const contestants = {
      portolan: portolan("198.19.0.8-31", "1-10000"),
      "masscan --rate 20000": masscan("198.19.0.8-198.19.0.31", "1-10000", 20_000),
      ...(loss === 0.02 ? { "nmap -sS -T4": nmap("198.19.0.8-31", "1-10000") } : {}),
    };
    await compare(road, contestants, expected);
  }
  road.lose(0);
}

const reason = whyNoNamespaces("nft", "tc", "python3", "masscan", "nmap");
if (reason === undefined) await main();
else console.log(`skipped: ${reason}`);
