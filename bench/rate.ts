// How fast SYN packets leave, beside masscan and zmap: counted at the peer, which drops them as they come.
// Arguments: rounds (7).
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { targetPrefix, type Road } from "../test/scan/road.ts";
import { whyNoNamespaces } from "../test/support/namespace.ts";
import { cpuMsOf, load, median, spread } from "./rig/contest.ts";
import { onRoad } from "./rig/on-road.ts";
import { masscan, portolan, routerAddress } from "./rig/scanners.ts";

const [rounds = 7] = process.argv.slice(2).map(Number);
const startMs = 2_000;
const measuredMs = 3_000;

/** Packets that the router's device towards the scanner has taken in. */
function arrived(road: Road): number {
  const [link] = JSON.parse(road.router.run("ip", "-j", "-s", "link", "show", "west")) as [
    { readonly stats64: { readonly rx: { readonly packets: number } } },
  ];
  return link.stats64.rx.packets;
}

/**
 * With as many sending threads as it takes by itself on two cores (1), and with one on each. Debian's own settings
 * leave out all of 198.18.0.0/15. It knows one port only, so each address is asked again and again.
 */
function zmap(road: Road): Readonly<Record<string, readonly string[]>> {
  const missing = whyNoNamespaces("zmap");
  if (missing !== undefined) {
    console.log(`zmap is left out: ${missing}`);
    return {};
  }
  const plain = "zmap -C /dev/null -b /dev/null -i out -S 198.18.0.2 -p 80 -P 200 -r 0 -t 8 -c 0".split(" ");
  const silent = "-O csv -o /dev/null -q --disable-syslog".split(" ");
  const command = (senders: string): string[] => [
    ...plain,
    ...silent,
    "-G",
    routerAddress(road),
    "-T",
    senders,
    targetPrefix,
  ];
  return { "zmap -T 1": command("1"), "zmap -T 2": command("2") };
}

interface Rate {
  readonly perSecond: number;
  readonly perCpuSecond: number;
}

/** When it has had time to start. */
async function rateOf(road: Road, [command = "", ...words]: readonly string[]): Promise<Rate> {
  const child = road.scanner.spawn(command, words, { stdio: ["ignore", "ignore", "ignore"] });
  const ended = once(child, "exit");
  await sleep(startMs);
  const [packets, cpuMs, fromMs] = [arrived(road), cpuMsOf(child.pid), performance.now()];
  await sleep(measuredMs);
  const sent = arrived(road) - packets;
  const perCpuSecond = (sent / (cpuMsOf(child.pid) - cpuMs)) * 1_000;
  const perSecond = (sent / (performance.now() - fromMs)) * 1_000;
  child.kill("SIGKILL");
  await ended;
  return { perSecond, perCpuSecond };
}

async function main(road: Road): Promise<void> {
  console.log(`packets, counted at the peer; load ${load()}`);
  road.router.run("nft", "add table netdev sink");
  road.router.run(
    "nft",
    "add chain netdev sink arriving { type filter hook ingress device west priority 0; policy drop; }",
  );
  road.scanner.run("ip", "neigh", "replace", "198.18.0.1", "lladdr", routerAddress(road), "dev", "out");
  const contestants: Readonly<Record<string, readonly string[]>> = {
    portolan: portolan("198.19.0.0/20", "-", "--rate", "10000000", "--miss", "50%").command,
    masscan: masscan(road, "198.19.0.0/18", "1-65535", 10_000_000).command,
    ...zmap(road),
  };
  const names = Object.keys(contestants);
  const runs = new Map(names.map((name) => [name, [] as Rate[]]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed())
      runs.get(name)?.push(await rateOf(road, contestants[name] ?? []));
  }
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

await onRoad(["nft", "masscan"], main);
