// One target behind a link of 1 Mbit/s with a queue of 6 kB, 200 of 65,535 ports open, once refusing what is closed and
// once silent there: how well the link is filled, and what is found. Beside masscan and nmap.
// Arguments: rounds (7), rounds of the peers (3).
import { listenIn } from "../test/scan/listening.ts";
import type { Road } from "../test/scan/road.ts";
import { inTurns, load, spread, type Run } from "./rig/contest.ts";
import { onRoad } from "./rig/on-road.ts";
import { masscan, nmap, portolan } from "./rig/scanners.ts";

const [rounds = 7, peerRounds = 3] = process.argv.slice(2).map(Number);
const linkBits = 1_000_000;
const openPorts = Array.from({ length: 200 }, (_, index) => 100 + index * 327);
const targets = [
  { kind: "closed ports answered", address: "198.19.0.5" },
  { kind: "closed ports silent", address: "198.19.3.3" },
] as const;

/** Bytes that the link has carried towards the target, as its shaper counts them. */
function carried(road: Road): number {
  const [qdisc] = JSON.parse(road.router.run("tc", "-j", "-s", "qdisc", "show", "dev", "east")) as [
    { readonly bytes: number },
  ];
  return qdisc.bytes;
}

function tell(name: string, runs: readonly Run[]): void {
  const seconds = spread(
    runs.map(({ ms }) => ms / 1_000),
    1,
  );
  const used = spread(
    runs.map(({ metered, ms }) => (metered * 800_000) / (linkBits * ms)),
    1,
  );
  const found = runs.map(({ open, done }) => `${open}${done ? "" : " (not done)"}`).join(", ");
  console.log(`${name.padEnd(28)} ${seconds} s, link used ${used} %, found ${found}`);
}

async function main(road: Road): Promise<void> {
  const stop = await listenIn(road.target, openPorts);
  road.shape("1mbit", "6kb");
  road.silence("198.19.3.3", openPorts);
  for (const { kind, address } of targets) {
    console.log(
      `\n1 Mbit/s, queue of 6 kB, ${openPorts.length} of 65,535 ports open, ${kind}; load ${load()}`,
    );
    const peer = { rounds: peerRounds } as const;
    const contestants = {
      "portolan --bandwidth 1mbit": portolan(address, "-", "--bandwidth", "1mbit"),
      "portolan, not told": portolan(address, "-"),
      "masscan --rate 1500": { ...masscan(road, address, "1-65535", 1_500), ...peer },
      "masscan --rate 5000": { ...masscan(road, address, "1-65535", 5_000), ...peer },
      "nmap -sS -T4": { ...nmap(address, "1-65535"), ...peer },
    };
    const runs = await inTurns(road.scanner, contestants, rounds, { meter: () => carried(road) });
    for (const [name, list] of runs) if (list.length > 0) tell(name, list);
  }
  await stop();
}

await onRoad(["nft", "tc", "python3", "masscan", "nmap"], main);
