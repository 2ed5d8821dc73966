// What: a SYN scan with real packets.
// Idea: one loop: take what came in, send what is due and allowed, wait a moment when there is neither. All decisions are
//   the sweep's and the pace's; here are only the clock, the sockets and the bytes.
// Trap: the loop blocks its thread for a millisecond at a time. Every few milliseconds it lets the others in, so that
//   signals and output are not held up; nothing else of weight may run beside it.
// Source: RFC 9293 §3.10.7.2 (what a closed port answers); the kernel itself resets what an open port answers.

import { rangesContain, type RangeSet } from "../../base/range-set.ts";
import { minuteOnTheWall } from "../../base/time-of-day.ts";
import type { PortReason } from "../../model/port-state.ts";
import { answerKinds, emptyAnswer, readAnswer } from "../../packet/probe-answer.ts";
import { writeSyn4, writeSyn6 } from "../../packet/syn-frame.ts";
import { openProbeReceiver } from "../link/probe-receiver.ts";
import type { ProbeReceiver } from "../link/probe-receiver.ts";
import { openRoutes } from "../link/routes.ts";
import type { Unavailable } from "../link/libc.ts";
import { isFragile } from "./fragile-ports.ts";
import { hostCeiling } from "./host-ceiling.ts";
import { icmpReason } from "./icmp-reason.ts";
import { noRoute } from "./no-route.ts";
import { pace } from "./pace.ts";
import { probeCookie, tickMs, tickOf, ticks } from "./probe-cookie.ts";
import { keepEveryMs, scanKeeper, type ScanCost } from "./scan-keeper.ts";
import type { ScanLog } from "./scan-log.ts";
import type { Scan, ScanListener, ScanSummary } from "./scan.ts";
import { sourcePorts } from "./source-ports.ts";
import { synSweep } from "./syn-sweep.ts";
import { probeKinds, witnessOf } from "./sweep.ts";
import { numberTargets } from "./target-set.ts";
import { windowGate } from "./scan-window.ts";
import { findWays } from "./ways.ts";
import type { Ways } from "./ways.ts";

const kinds = probeKinds.all;
const burstMax = 512;
const waitMs = 1;
/** While no window is open. */
const shutWaitMs = 100;
/** The others' turn. */
const shareEveryMs = 8;
const tellEveryMs = 250;
const refreshEveryMs = 200;

/**
 * A reason in words where raw packets cannot be had. `log`: where it keeps itself, and goes on from what stands there;
 * what former runs found is told again.
 */
export async function synScan(
  scan: Scan,
  listener: ScanListener,
  signal: AbortSignal,
  log: ScanLog | null = null,
): Promise<ScanSummary | Unavailable> {
  const routes = await openRoutes();
  if ("unavailable" in routes) return routes;
  const targets = numberTargets(scan.targets);
  const ways = await findWays(routes, targets, scan.device);
  if ("unavailable" in ways) {
    routes.close();
    return ways;
  }
  const firstPort = sourcePorts(kinds, scan.random());
  if (ways.unreachable === targets.size) {
    ways.close();
    routes.close();
    throw noRoute(scan.device);
  }
  const receivers: ProbeReceiver[] = [];
  const close = (): void => {
    for (const receiver of receivers) receiver.close();
    ways.close();
    routes.close();
  };
  for (const device of ways.devices) {
    const opened = await openProbeReceiver(device, { first: firstPort, last: firstPort + kinds - 1 });
    if ("unavailable" in opened) {
      close();
      return opened;
    }
    receivers.push(opened);
  }
  try {
    return await run(scan, listener, signal, { targets, ways, receivers, firstPort, log });
  } finally {
    close();
  }
}

interface Outfit {
  readonly targets: ReturnType<typeof numberTargets>;
  readonly ways: Ways;
  readonly receivers: readonly ProbeReceiver[];
  readonly firstPort: number;
  readonly log: ScanLog | null;
}

async function run(
  scan: Scan,
  listener: ScanListener,
  signal: AbortSignal,
  { targets, ways, receivers, firstPort, log }: Outfit,
): Promise<ScanSummary> {
  const { clock } = scan;
  const random32 = (): number => Math.floor(scan.random() * 2 ** 32);
  const cookie = probeCookie(random32(), random32());
  const probeBytes = ways.of.reduce((most, way) => Math.max(most, way?.frameBytes ?? 0), 0);
  const speed = pace({ ...scan.speed, probeBytes });
  const gate = scan.windows.length === 0 ? null : windowGate(scan.windows, targets, minuteOnTheWall);
  gate?.look(clock.nowMs());
  const keeper = log === null ? undefined : scanKeeper(log, targets.size, scan.ports.length, scan.seed);
  const sweep = synSweep(
    {
      hosts: targets.size,
      ports: scan.ports,
      seed: scan.seed,
      decoyPorts: decoyPorts(scan.excludedPorts),
      missTarget: scan.missTarget,
      ceiling:
        scan.speed.perHost === null && scan.speed.perNetwork === null
          ? null
          : hostCeiling(scan.speed, targets.networks()),
      isClosed: gate?.isClosed ?? null,
      hostTimeoutMs: scan.hostTimeoutMs,
    },
    {
      open: (host, port) =>
        listener.found({
          address: targets.textAt(host),
          port,
          transport: "tcp",
          state: "open",
          reason: "syn-ack",
        }),
      settled: (pair, reason, isLate) => keeper?.settled(pair, reason, isLate),
      finished: (host) => keeper?.host(host, "finished"),
      answersEverywhere: (host) => {
        keeper?.host(host, "everywhere");
        speed.forget();
        listener.answersEverywhere(targets.textAt(host));
      },
      othersAsked: () => speed.forget(),
    },
  );
  for (const [host, way] of ways.of.entries()) if (way === undefined) sweep.leave(host);
  const ipv6View = new DataView(targets.ipv6Bytes.buffer, targets.ipv6Bytes.byteOffset);
  const answer = emptyAnswer();
  const probe = { host: 0, port: 0, kind: 0, witness: 0 };
  const came = { host: 0, port: 0, kind: 0 };
  let hasEthernet = true;
  const before = keeper?.restore(sweep) ?? nothingSpent;
  let { probes, bytes, drops, refused, answers } = before;
  const startMs = clock.monotonicMs();
  const wallOffsetMs = clock.nowMs() - startMs;

  const visit = (view: DataView, start: number, end: number, atMs: number): void => {
    if (!readAnswer(view, start, end, hasEthernet, answer)) return;
    const host =
      answer.family === 4 ? targets.indexOfIpv4(answer.target) : targets.indexOfIpv6(view, answer.targetAt);
    const kind = answer.probePort - firstPort;
    if (host < 0 || kind < 0 || kind >= kinds) return;
    const { sequence, port } = answer;
    const tick = tickOf(sequence);
    if (cookie(host, port, answer.probePort, tick) !== sequence) return;
    answers += 1;
    came.host = host;
    came.port = port;
    came.kind = kind;
    const atTick = Math.floor((atMs - wallOffsetMs) / tickMs);
    const roundTripMs = (((atTick - tick) % ticks) + ticks) % ticks;
    if (answer.kind === answerKinds.synAck) speed.spent(1);
    // Only once: whoever answers twenty times shall not be able to judge the path.
    if (sweep.answered(came, reasonOf(answer), tick, roundTripMs * tickMs, atMs - wallOffsetMs))
      speed.answered(tick, witnessOf(kind));
  };

  const receive = (): void => {
    for (const receiver of receivers) {
      hasEthernet = receiver.hasEthernet;
      receiver.receive(visit);
    }
  };

  /** How many went out. */
  const send = (nowMs: number): number => {
    const tick = Math.floor(nowMs / tickMs) % ticks;
    const allowed = Math.min(burstMax, speed.allowance(nowMs));
    let written = 0;
    while (written < allowed && sweep.next(probe, nowMs, tick)) {
      const { host, port, kind } = probe;
      const way = ways.of[host];
      if (way === undefined) continue;
      const { sender, template, frameBytes } = way;
      let at = sender.slot(template);
      if (at < 0) {
        refused += sender.flush();
        at = sender.slot(template);
      }
      const sourcePort = firstPort + kind;
      const sequence = cookie(host, port, sourcePort, tick);
      if (template.family === 4) {
        writeSyn4(sender.view, at, template, targets.ipv4At(host), sourcePort, port, sequence);
      } else {
        const from = (host - targets.ipv4Size) * 16;
        writeSyn6(sender.view, at, template, ipv6View, from, sourcePort, port, sequence);
      }
      speed.sent(tick, probe.witness);
      bytes += frameBytes;
      written += 1;
    }
    if (written < allowed) speed.rested();
    if (written === 0) return 0;
    const refusedBefore = refused;
    for (const sender of ways.senders) refused += sender.flush();
    // A try that was refused is lost like any other, and made up for like any other.
    if (refused > refusedBefore) speed.refused();
    speed.spent(written);
    probes += written;
    return written;
  };

  const tell = (nowMs: number): void => {
    for (const receiver of receivers) {
      const lost = receiver.drops();
      drops += lost;
      if (lost > 0) speed.refused();
    }
    listener.progress({
      ...sweep.progress(),
      probes,
      bytes,
      packetsPerSecond: speed.packetsPerSecond(),
      drops,
      opensAtMs: sweep.isShut() ? (gate?.opensAtMs(clock.nowMs()) ?? null) : null,
      elapsedMs: elapsedMs(nowMs),
    });
  };
  const elapsedMs = (nowMs: number): number => before.elapsedMs + nowMs - startMs;
  const keep = (nowMs: number): void =>
    keeper?.keep(sweep, nowMs, { probes, bytes, drops, refused, answers, elapsedMs: elapsedMs(nowMs) });

  let [sharedMs, toldMs, refreshedMs, keptMs] = [startMs, startMs, startMs, startMs];
  for (;;) {
    const nowMs = clock.monotonicMs();
    receive();
    if (signal.aborted || sweep.isDone(nowMs)) break;
    speed.judge(nowMs, sweep.waitMs());
    const written = send(nowMs);
    if (nowMs - toldMs >= tellEveryMs) {
      tell(nowMs);
      toldMs = nowMs;
    }
    gate?.look(clock.nowMs());
    if (nowMs - keptMs >= keepEveryMs) {
      keep(nowMs);
      keptMs = nowMs;
    }
    if (nowMs - refreshedMs >= refreshEveryMs) {
      ways.refresh();
      refreshedMs = nowMs;
    }
    if (sweep.isShut()) {
      await new Promise((resolve) => setTimeout(resolve, shutWaitMs));
    } else if (nowMs - sharedMs >= shareEveryMs) {
      sharedMs = nowMs;
      await new Promise((resolve) => setImmediate(resolve));
    } else if (written === 0) receivers[0]?.wait(waitMs);
  }
  const endMs = clock.monotonicMs();
  tell(endMs);
  keep(endMs);
  for (let host = 0; host < targets.size; host += 1) {
    const tally = sweep.tallyOf(host);
    if (tally.silent < scan.ports.length) listener.host(targets.textAt(host), tally);
  }
  const { open, closed, filtered, loss, recall } = sweep.progress();
  const blocked = sweep.blocked();
  return {
    engine: "syn",
    probes,
    bytes,
    answers,
    drops,
    refused,
    durationMs: elapsedMs(endMs),
    open,
    closed,
    filtered,
    loss,
    recall,
    unreachable: ways.unreachable,
    blocked:
      blocked === null
        ? null
        : {
            all: blocked.all,
            hosts: blocked.hosts,
            sinceMs: Math.round(wallOffsetMs + Math.max(startMs, blocked.sinceMs)),
          },
    complete: !signal.aborted && blocked?.all !== true,
  };
}

const nothingSpent: ScanCost = { probes: 0, bytes: 0, answers: 0, drops: 0, refused: 0, elapsedMs: 0 };

/** Where nobody listens by custom: the ports that systems hand out for a moment (RFC 6335 §6). */
const dynamicPorts = { first: 49_152, last: 65_535 } as const;

function decoyPorts(excluded: RangeSet): Uint16Array {
  const ports: number[] = [];
  for (let port: number = dynamicPorts.first; port <= dynamicPorts.last; port += 1) {
    if (!rangesContain(excluded, port) && !isFragile(port)) ports.push(port);
  }
  return Uint16Array.from(ports);
}

function reasonOf({ kind, family, icmpType, icmpCode }: ReturnType<typeof emptyAnswer>): PortReason {
  if (kind === answerKinds.synAck) return "syn-ack";
  return kind === answerKinds.rst ? "reset" : icmpReason(family, icmpType, icmpCode);
}
