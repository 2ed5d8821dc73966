// A mixed fleet behind one shared link of 10 Mbit/s, beside nmap: 800 fast hosts, 150 behind a delay of 800 ms, 50 silent
// ones, 24 that send 50 resets a second, and tarpits that answer open on every port: 4, and then a tenth of all.
// Arguments: rounds (3), ports of each address (200), rounds of nmap (1), which is ended after ten times our time.
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { listenIn } from "../test/scan/listening.ts";
import { targetPrefix, type Road } from "../test/scan/road.ts";
import { load, median, spread } from "./rig/contest.ts";
import { onRoad } from "./rig/on-road.ts";

const [rounds = 3, ports = 200, nmapRounds = 1] = process.argv.slice(2, 5).map(Number);
const program = join(import.meta.dirname, "../bin/portolan");
const delayScript = join(import.meta.dirname, "fleet/delay_box.py");
const linkBits = 10_000_000;
const openPorts = Array.from({ length: 20 }, (_, index) => 3 + index * 9).filter((port) => port <= ports);

const fleet = {
  fast: "198.19.0.0-198.19.3.31",
  slow: "198.19.4.0-149",
  silent: "198.19.5.0-49",
  limited: "198.19.6.0-23",
  tarpits: "198.19.7.0-3",
} as const;
const hosts = 800 + 150 + 50 + 24 + 4;

/** Whatever is slow, silent, limited or a tarpit, in the router and at the target. Returns what ends the delay. */
async function furnish(road: Road): Promise<() => void> {
  const { router, target } = road;
  road.shape(`${linkBits / 1_000_000}mbit`, "60kb");
  const box = router.spawn("python3", [delayScript, "delay", "800"], { stdio: ["pipe", "pipe", "inherit"] });
  if (box.stdout !== null) await once(box.stdout, "data");
  router.run("sysctl", "-qw", "net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.delay.rp_filter=0");
  router.run("ip", "link", "set", "delay", "up");
  router.run("ip", "route", "add", "198.19.4.0/24", "dev", "delay");
  // What comes out of the box goes on to the target, and not into the box again.
  router.run("ip", "route", "add", "198.19.4.0/24", "via", "198.19.255.2", "table", "100");
  router.run("ip", "rule", "add", "iif", "delay", "lookup", "100");
  target.run("nft", "add table ip fleet");
  target.run("nft", "add chain ip fleet raw { type filter hook prerouting priority -300; }");
  target.run("nft", "add chain ip fleet answers { type filter hook output priority -300; }");
  target.run("nft", "add chain ip fleet input { type filter hook input priority 0; }");
  target.run("nft", "add chain ip fleet nat { type nat hook prerouting priority -100; }");
  target.run("nft", "add set ip fleet tarpits { type ipv4_addr; flags interval; }");
  target.run("nft", "add set ip fleet limits { type ipv4_addr; flags dynamic; size 4096; }");
  // Only tarpits are tracked, which answer by the device's own address: at the others' pace a table of connections would be what is measured.
  target.run("nft", "add rule ip fleet raw ip daddr != @tarpits notrack");
  target.run("nft", "add rule ip fleet answers ip saddr != @tarpits ip saddr != 198.19.255.2 notrack");
  target.run("nft", `add rule ip fleet nat ip daddr @tarpits tcp dport 1-65535 redirect to :${openPorts[0]}`);
  target.run(
    "nft",
    `add rule ip fleet input ip daddr 198.19.5.0/24 tcp flags & (syn | ack) == syn tcp dport != { ${openPorts.join(", ")} } drop`,
  );
  target.run(
    "nft",
    "add rule ip fleet answers ip saddr 198.19.6.0/24 tcp flags & rst == rst add @limits { ip saddr limit rate over 50/second burst 10 packets } drop",
  );
  return () => void box.stdin?.end();
}

function setTarpits(road: Road, addresses: string): void {
  road.target.run("nft", "flush set ip fleet tarpits");
  road.target.run("nft", `add element ip fleet tarpits { ${addresses} }`);
}

/** Bytes that the shared link has carried towards the targets, as it counts them. */
function carried(road: Road): number {
  const [qdisc] = JSON.parse(road.router.run("tc", "-j", "-s", "qdisc", "show", "dev", "east")) as [
    { readonly bytes: number },
  ];
  return qdisc.bytes;
}

interface Run {
  readonly ms: number;
  readonly open: number;
  readonly everywhere: number;
  /** Part of the link's capacity that was used while it ran. */
  readonly busy: number;
  readonly done: boolean;
}

async function run(road: Road, command: readonly string[], msMax: number): Promise<Run> {
  const [first = "", ...words] = command;
  const [startMs, startBytes] = [performance.now(), carried(road)];
  const child = road.scanner.spawn(first, words, { stdio: ["ignore", "pipe", "ignore"] });
  let text = "";
  child.stdout?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const ended = once(child, "close");
  const timer = setTimeout(() => child.kill("SIGKILL"), msMax);
  await ended;
  clearTimeout(timer);
  const ms = performance.now() - startMs;
  const tarpitLine = /198\.19\.7\./;
  const lines = text.split("\n");
  const open = lines
    .filter((line) => !tarpitLine.test(line))
    .reduce((sum, line) => sum + (line.match(/"type":"endpoint"|\/open\//g)?.length ?? 0), 0);
  return {
    ms,
    open,
    everywhere: lines.filter((line) => line.includes('"answers-everywhere"')).length,
    busy: ((carried(road) - startBytes) * 8_000) / (linkBits * ms),
    done: child.signalCode === null,
  };
}

const scan = [
  program,
  "scan",
  ...Object.values(fleet),
  "-p",
  `1-${ports}`,
  "--scope",
  targetPrefix,
  "--bandwidth",
  "10mbit",
  "--json",
];

async function main(road: Road): Promise<void> {
  const endDelay = await furnish(road);
  const closePorts = await listenIn(road.target, openPorts);
  const truth = (hosts - 4) * openPorts.length;
  console.log(
    `${hosts} hosts × ${ports} ports behind 10 Mbit/s, ${truth} open without the tarpits'; load ${load()}`,
  );
  const few: Run[] = [];
  const none: Run[] = [];
  const many: Run[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const [tarpits, runs] of [
      ["198.19.7.0/30", few],
      ["198.19.255.200", none],
      // A tenth of all: 100 of the fast ones beside the four.
      ["198.19.7.0/30, 198.19.0.0-198.19.0.99", many],
    ] as const) {
      setTarpits(road, tarpits);
      runs.push(await run(road, scan, 600_000));
      await sleep(1_000);
    }
  }
  const tell = (name: string, runs: readonly Run[]): void =>
    console.log(
      `${name.padEnd(28)} ${spread(
        runs.map(({ ms }) => ms / 1_000),
        1,
      )} s, link busy ${spread(
        runs.map(({ busy }) => busy * 100),
        0,
      )} %, open ${runs.map(({ open }) => open).join(", ")}, on every port ${runs.map(({ everywhere }) => everywhere).join(", ")}`,
    );
  tell("portolan, 4 tarpits", few);
  tell("portolan, no tarpit", none);
  tell("portolan, 104 tarpits", many);
  const seconds = (runs: readonly Run[]): number => median(runs.map(({ ms }) => ms)) / 1_000;
  console.log(
    `a tenth of tarpits lengthens it by ${((seconds(many) / seconds(none) - 1) * 100).toFixed(1)} %`,
  );
  setTarpits(road, "198.19.7.0/30");
  const nmap = "nmap -n -Pn -sS -T4 -oG -".split(" ");
  const spans = [
    "198.19.0-2.0-255",
    "198.19.3.0-31",
    "198.19.4.0-149",
    "198.19.5.0-49",
    "198.19.6.0-23",
    "198.19.7.0-3",
  ];
  const peers: Run[] = [];
  for (let round = 0; round < nmapRounds; round += 1) {
    peers.push(await run(road, [...nmap, "-p", `1-${ports}`, ...spans], seconds(few) * 10_000));
  }
  tell(`nmap -T4${peers.every(({ done }) => done) ? "" : ", not done"}`, peers);
  await closePorts();
  endDelay();
}

await onRoad(["nft", "tc", "python3", "nmap"], main);
