// 16 hosts that refuse closed ports and 8 silent ones × 10,000 ports through 0 to 10 % of loss each way: what is found,
// how long it takes, and how many packets go to a host that answers. Beside masscan and nmap.
// Arguments: rounds (3), rounds of the peers (1), how long nmap may take (s; 1,500).
import { listenIn } from "../test/scan/listening.ts";
import type { Road } from "../test/scan/road.ts";
import { inTurns, load, median, spread, type Run } from "./rig/contest.ts";
import { onRoad } from "./rig/on-road.ts";
import { masscan, nmap, portolan } from "./rig/scanners.ts";

const [rounds = 3, peerRounds = 1, nmapSeconds = 1_500] = process.argv.slice(2).map(Number);
const openPorts = Array.from({ length: 31 }, (_, index) => 100 + index * 327);
const [answering, silent] = [16, 8];
const first = 8;
const ports = 10_000;
const expected = openPorts.length * (answering + silent);
const targets = `198.19.0.${first}-${first + answering + silent - 1}`;

/** SYNs to the hosts that answer are counted where they come in, before any is lost. */
function countProbes(road: Road): () => number {
  const { router } = road;
  router.run("nft", "add table ip probes");
  router.run("nft", "add counter ip probes asked");
  router.run("nft", "add chain ip probes arriving { type filter hook prerouting priority -200; }");
  const last = `198.19.0.${first + answering - 1}`;
  router.run(
    "nft",
    `add rule ip probes arriving iifname west ip daddr 198.19.0.${first}-${last} tcp flags & (syn | ack) == syn counter name asked`,
  );
  return () => {
    const listing = JSON.parse(router.run("nft", "-j", "list", "counter", "ip", "probes", "asked")) as {
      readonly nftables: readonly { readonly counter?: { readonly packets: number } }[];
    };
    return listing.nftables.find(({ counter }) => counter !== undefined)?.counter?.packets ?? 0;
  };
}

function tell(name: string, runs: readonly Run[]): void {
  const seconds = spread(
    runs.map(({ ms }) => ms / 1_000),
    1,
  );
  const passes = spread(
    runs.map(({ metered }) => metered / (answering * ports)),
    2,
  );
  const found = runs.map(({ open, done }) => `${open}${done ? "" : " (not done)"}`).join(", ");
  console.log(`${name.padEnd(28)} ${seconds} s, probes ${passes} × one pass, found ${found}`);
}

async function main(road: Road): Promise<void> {
  const stop = await listenIn(road.target, openPorts);
  const meter = countProbes(road);
  for (let host = first + answering; host < first + answering + silent; host += 1)
    road.silence(`198.19.0.${host}`, openPorts);
  for (const loss of [0, 0.01, 0.02, 0.05, 0.1]) {
    road.lose(loss);
    console.log(`\n${loss * 100} % lost each way, ${expected} ports open; load ${load()}`);
    const contestants = {
      portolan: portolan(targets, `1-${ports}`),
      "masscan --rate 20000": {
        ...masscan(road, targets.replace("-", "-198.19.0."), `1-${ports}`, 20_000),
        rounds: peerRounds,
      },
      "nmap -sS -T4": {
        ...nmap(targets, `1-${ports}`),
        patienceMs: nmapSeconds * 1_000,
        rounds: peerRounds,
      },
    };
    const runs = await inTurns(road.scanner, contestants, rounds, { meter });
    for (const [name, list] of runs) if (list.length > 0) tell(name, list);
    const [theirs, ours] = ["nmap -sS -T4", "portolan"].map((name) =>
      median((runs.get(name) ?? []).map(({ ms }) => ms)),
    ) as [number, number];
    if (theirs > 0 && ours > 0) console.log(`nmap ÷ portolan: ${(theirs / ours).toFixed(1)}`);
  }
  road.lose(0);
  await stop();
}

await onRoad(["nft", "tc", "python3", "masscan", "nmap"], main);
