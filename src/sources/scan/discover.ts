// What: which addresses of a scan are alive, before their ports are asked.
// Idea: the cheapest question first, and each next one only to who is still silent: ICMP echo; what the kernel learned on
//   the link meanwhile; TCP SYN to ports that are often open or refused; UDP. Any answer of the host itself will do.
// Trap: a host whose firewall drops all of these is missed, unless it is on the link: there it must answer ARP or neighbour
//   discovery. A router's "unreachable" is no life sign.
// Source: nmap(1), "Host Discovery"; RFC 826; RFC 4861.

import { rangesContain, rangeSet } from "../../base/range-set.ts";
import { portMax } from "../../model/port-range.ts";
import { neighbourKey, openRoutes } from "../link/routes.ts";
import { echoSweep, echoTries } from "./echo-sweep.ts";
import type { Finding, Scan, ScanListener, ScanSummary } from "./scan.ts";
import { numberTargets, sizeOf, type TargetSet } from "./target-set.ts";
import { udpScan } from "./udp-scan.ts";

const tcpPorts = [443, 80, 22, 3389];
/** DNS, NetBIOS, SNMP, and one that nobody offers: most hosts refuse it. */
const udpPorts = [53, 137, 161, 40_125];
/** Both ask a silent port twice; SNMP is asked in three versions. */
const silentTries = 2;
export const discoveryPacketsPerHost = echoTries + silentTries * (tcpPorts.length + udpPorts.length + 2);
/** An entry that the kernel had from before is asked about after 5 s, and given up after three questions of a second. */
const agingMs = 9_000;
const agingTurnMs = 500;

export interface Discovery {
  readonly targets: TargetSet;
  readonly alive: number;
  readonly probes: number;
  readonly bytes: number;
  readonly durationMs: number;
  /** Families of which no ICMP echo could be sent. */
  readonly noEcho: readonly (4 | 6)[];
}

type Sweep = (scan: Scan, listener: ScanListener) => Promise<ScanSummary>;

/** `tcp`: how ports of TCP are asked here. Tells the listener of each address that is alive. */
export async function discover(
  scan: Scan,
  tcp: Sweep,
  listener: ScanListener,
  signal: AbortSignal,
): Promise<Discovery> {
  const startMs = scan.clock.monotonicMs();
  const all = numberTargets(scan.targets);
  const isAlive = new Uint8Array(all.size);
  let [alive, probes, bytes] = [0, 0, 0];
  const met = (host: number, reason: string): void => {
    if (isAlive[host] === 1) return;
    isAlive[host] = 1;
    alive += 1;
    listener.alive(all.textAt(host), reason);
  };
  const metText = new Map<string, number>();
  const rest = (): Scan => {
    metText.clear();
    for (let host = 0; host < all.size; host += 1)
      if (isAlive[host] === 0) metText.set(all.textAt(host), host);
    return { ...scan, targets: subset(scan.targets, (host) => isAlive[host] === 0) };
  };
  const spend = (summary: { readonly probes: number; readonly bytes: number }): void => {
    probes += summary.probes;
    bytes += summary.bytes;
  };
  const hears = (closed: string): ScanListener => ({
    ...silent(listener),
    found({ address, state, reason }: Finding) {
      const host = metText.get(address);
      if (host !== undefined && state === "open") met(host, reason);
    },
    host(address, tally) {
      const host = metText.get(address);
      if (host !== undefined && tally.open + tally.closed > 0) met(host, closed);
    },
  });
  const isOpen = (): boolean => alive < all.size && !signal.aborted;

  const echo = await echoSweep(scan, (host) => met(host, "echo-reply"), signal);
  spend(echo);
  if (isOpen()) await neighbours(scan, isAlive, met, 0, signal);
  const wantedTcp = tcpPorts.filter((port) => !rangesContain(scan.excludedPorts, port));
  if (isOpen() && wantedTcp.length > 0) {
    const asked = { ...rest(), ports: Uint16Array.from(wantedTcp).sort(), udpPorts: new Uint16Array(0) };
    // No decoys: who answers on every port is alive as well.
    spend(await tcp({ ...asked, excludedPorts: [{ first: 0, last: portMax }] }, hears("reset")));
  }
  const wantedUdp = udpPorts.filter((port) => !rangesContain(scan.excludedUdpPorts, port));
  if (isOpen() && wantedUdp.length > 0) {
    const asked = { ...rest(), ports: new Uint16Array(0), udpPorts: Uint16Array.from(wantedUdp).sort() };
    const summary = await udpScan(asked, hears("port-unreach"), signal, 0);
    if (!("unavailable" in summary)) spend(summary);
  }
  if (isOpen()) await neighbours(scan, isAlive, met, agingMs, signal);
  const targets = subset(scan.targets, (host) => isAlive[host] === 1);
  const durationMs = scan.clock.monotonicMs() - startMs;
  return { targets, alive: sizeOf(targets), probes, bytes, durationMs, noEcho: echo.notAllowed };
}

/** Passes on how it goes, and nothing that is found: these ports were not asked for. */
const silent = (listener: ScanListener): ScanListener => ({
  found: () => undefined,
  answersEverywhere: () => undefined,
  progress: (progress) => listener.progress(progress),
  host: () => undefined,
  errorsLimited: () => undefined,
  alive: () => undefined,
});

/** Who has answered ARP or neighbour discovery; old entries are waited for, until the kernel has asked about them. */
async function neighbours(
  scan: Scan,
  isAlive: Uint8Array,
  met: (host: number, reason: string) => void,
  patienceMs: number,
  signal: AbortSignal,
): Promise<void> {
  const routes = await openRoutes();
  if ("unavailable" in routes) return;
  try {
    const targets = numberTargets(scan.targets);
    const keys = new Map<number, string>();
    for (let host = 0; host < targets.size; host += 1) {
      const address = targets.bytesAt(host);
      const route = isAlive[host] === 0 ? routes.routeTo(address) : undefined;
      if (route === undefined || Buffer.compare(route.nextHop, address) !== 0) continue;
      keys.set(host, neighbourKey(route.deviceIndex, address));
    }
    const untilMs = scan.clock.monotonicMs() + patienceMs;
    for (;;) {
      const states = routes.neighbourStates();
      let aging = 0;
      for (const [host, key] of keys) {
        const state = states.get(key);
        if (state === "aging") aging += 1;
        if (state !== "reachable") continue;
        met(host, host < targets.ipv4Size ? "arp-response" : "nd-response");
        keys.delete(host);
      }
      if (aging === 0 || signal.aborted || scan.clock.monotonicMs() >= untilMs) return;
      await new Promise((resolve) => setTimeout(resolve, agingTurnMs));
    }
  } finally {
    routes.close();
  }
}

/** Those whose number is kept. */
function subset(set: TargetSet, keeps: (host: number) => boolean): TargetSet {
  const numbers = numberTargets(set);
  const ipv4: { first: number; last: number }[] = [];
  for (let host = 0; host < numbers.ipv4Size; host += 1) {
    const address = numbers.ipv4At(host);
    if (keeps(host)) ipv4.push({ first: address, last: address });
  }
  return { ipv4: rangeSet(ipv4), ipv6: set.ipv6.filter((_, index) => keeps(numbers.ipv4Size + index)) };
}
