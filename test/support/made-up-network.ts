// A network that is made up, and a scan over it: the real sweep and the real pace, with a clock that jumps from step to
// step. A million probes take less than a second.
import { pace } from "../../src/sources/scan/pace.ts";
import { tickMs, ticks } from "../../src/sources/scan/probe-cookie.ts";
import { synSweep } from "../../src/sources/scan/syn-sweep.ts";
import {
  witnessOf,
  type AnsweredProbe,
  type Probe,
  type SweepProgress,
} from "../../src/sources/scan/sweep.ts";
import { randomOf } from "./random.ts";

export interface MadeUpNetwork {
  readonly hosts: number;
  readonly ports: Uint16Array;
  readonly isOpen: (host: number, port: number) => boolean;
  /** Answers nothing where nobody listens. */
  readonly isSilent: (host: number) => boolean;
  /** Share of packets lost, each way. */
  readonly loss: number;
}

export interface MadeUpScan {
  readonly bytesPerSecond: number | null;
  readonly packetsPerSecond: number | null;
  readonly missTarget: number;
  readonly seed: number;
}

export interface MadeUpOutcome {
  readonly probes: number;
  readonly ms: number;
  readonly progress: SweepProgress;
}

const probeBytes = 58;
const stepMs = 1;
const roundTripSteps = 10;
/** A week. */
const msMax = 7 * 86_400_000;

/** Scans to the end; `found` hears of every open port once. */
export function scanMadeUp(
  { hosts, ports, isOpen, isSilent, loss }: MadeUpNetwork,
  { bytesPerSecond, packetsPerSecond, missTarget, seed }: MadeUpScan,
  found: (host: number, port: number) => void,
): MadeUpOutcome {
  const random = randomOf(seed);
  const ignored = (): void => undefined;
  const sweep = synSweep(
    {
      hosts,
      ports,
      seed,
      decoyPorts: Uint16Array.from({ length: 1_000 }, (_, index) => 64_000 + index),
      missTarget,
      ceiling: null,
      hostTimeoutMs: null,
      isClosed: () => false,
    },
    {
      open: found,
      settled: ignored,
      finished: ignored,
      answersEverywhere: ignored,
      othersAsked: ignored,
    },
  );
  const speed = pace({ bytesPerSecond, packetsPerSecond, probeBytes });
  /** Answers under way, by the step in which they arrive; host, port, kind, tick and whether open of each. */
  const arriving = Array.from({ length: roundTripSteps + 1 }, (): number[] => []);
  const probe: Probe = { host: 0, port: 0, kind: 0, witness: 0 };
  const isLost = (): boolean => loss > 0 && random() < loss;
  let probes = 0;
  let step = 0;
  for (; !sweep.isDone(step * stepMs); step += 1) {
    const nowMs = step * stepMs;
    if (nowMs > msMax) throw new Error("the scan does not end");
    const came = arriving[step % arriving.length] ?? [];
    for (let at = 0; at < came.length; at += 5) {
      const [host = 0, port = 0, kind = 0, tick = 0, open = 0] = came.slice(at, at + 5);
      const answered: AnsweredProbe = { host, port, kind };
      // The kernel resets what it did not open: one packet more.
      if (open === 1) speed.spent(1);
      if (sweep.answered(answered, open === 1 ? "syn-ack" : "reset", tick, roundTripSteps, nowMs))
        speed.answered(tick, witnessOf(kind));
    }
    came.length = 0;
    speed.judge(nowMs, sweep.waitMs());
    const tick = Math.floor(nowMs / tickMs) % ticks;
    const allowed = speed.allowance(nowMs);
    let written = 0;
    while (written < allowed && sweep.next(probe, nowMs, tick)) {
      written += 1;
      const { host, port, kind } = probe;
      speed.sent(tick, probe.witness);
      if (isLost() || isLost()) continue;
      const open = isOpen(host, port);
      if (open || !isSilent(host))
        arriving[(step + roundTripSteps) % arriving.length]?.push(host, port, kind, tick, Number(open));
    }
    if (written < allowed) speed.rested();
    speed.spent(written);
    probes += written;
  }
  return { probes, ms: step * stepMs, progress: sweep.progress() };
}
