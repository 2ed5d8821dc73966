// What: a process that does not close connections which the other side has closed long ago.
// Idea: CLOSE-WAIT is left by calling close(), in milliseconds. So what matters is not how many there are but how many
//   there are at least, over two minutes; and, for a slow leak, that each hour's least is more than the hour's before.
// Trap: when a backend restarts, hundreds appear at once and go: the least of two minutes stays 0.
// Source: RFC 9293 §3.6; the article's "now our side has to call close()".

import type { ConnectionSample } from "../../model/connection-sample.ts";
import type { ConnectionReason } from "../../model/connection-verdict.ts";
import { countOf, stateOf } from "./figures.ts";
import { hourMs } from "./normal.ts";
import type { Confirmed, Situation } from "./situation.ts";

/** What is remembered of a process' CLOSE-WAIT; about 200 bytes as JSON. */
export interface CloseWaitTrail {
  /** Name of the process; empty: the whole host, where processes could not be read. */
  readonly name: string;
  readonly pid: number | null;
  /** The last two minutes, oldest first. */
  readonly recent: readonly (readonly [atMs: number, count: number])[];
  /** The hour that runs, and its least; then the least of the hours before, oldest first. */
  readonly hour: number;
  readonly least: number;
  readonly hourly: readonly number[];
}

const leakAt = 20;
const aboveUsual = 3;
/** However many a host has learned, so many for minutes are a leak. */
const leakAlways = 500;
/** Close to what a process may hold by default (`ulimit -n` 1024). */
const criticalAt = 800;
const spanMs = 120_000;
const samplesMin = 4;
const samplesMax = 30;
const hourlyMax = 24;
const risingHours = 6;
/** Fewer are no trail. */
const trailAt = 5;
export const trailsMax = 20;

/** Adds one sample; processes of one name count as one, for workers come and go. */
export function trailsWith(trails: readonly CloseWaitTrail[], sample: ConnectionSample): CloseWaitTrail[] {
  const counts = countsOf(sample);
  return [...counts]
    .map(([name, { pid, count }]) => {
      const before = trails.find((trail) => trail.name === name);
      return trailWith(before, name, pid, count, sample.atMs);
    })
    .sort((a, b) => countNow(b) - countNow(a))
    .slice(0, trailsMax);
}

function countsOf({ processes, tcp }: ConnectionSample): Map<string, { pid: number | null; count: number }> {
  const counts = new Map<string, { pid: number | null; count: number; most: number }>();
  for (const { name, pid, states } of processes) {
    const own = stateOf(states, "CLOSE-WAIT");
    const { count = 0, most = -1, ...former } = counts.get(name) ?? { pid };
    counts.set(name, { pid: own > most ? pid : former.pid, count: count + own, most: Math.max(own, most) });
  }
  const total = stateOf(tcp, "CLOSE-WAIT");
  const owned = [...counts.values()].reduce((sum, { count }) => sum + count, 0);
  // The owners of most could not be read.
  if (total > 2 * owned) counts.set("", { pid: null, count: total, most: total });
  for (const [name, { count }] of counts) if (count < trailAt) counts.delete(name);
  return counts;
}

function trailWith(
  before: CloseWaitTrail | undefined,
  name: string,
  pid: number | null,
  count: number,
  atMs: number,
): CloseWaitTrail {
  const hour = Math.floor(atMs / hourMs);
  if (!before) return { name, pid, recent: [[atMs, count]], hour, least: count, hourly: [] };
  const lastMs = before.recent.at(-1)?.[0] ?? atMs;
  // A clock that was set, or a long pause: what is old says nothing about now.
  const kept = atMs < lastMs || atMs - lastMs > spanMs ? [] : before.recent;
  const recent = [...kept, [atMs, count] as const].slice(-samplesMax);
  const from = recent.findLastIndex(([at]) => at <= atMs - spanMs);
  const sameHour = hour === before.hour;
  return {
    name,
    pid,
    recent: recent.slice(Math.max(0, from)),
    hour,
    least: sameHour ? Math.min(before.least, count) : count,
    hourly: sameHour ? before.hourly : [...before.hourly, before.least].slice(-hourlyMax),
  };
}

const countNow = ({ recent }: CloseWaitTrail): number => recent.at(-1)?.[1] ?? 0;

export function closeWaitLeak(situation: Situation, trails: readonly CloseWaitTrail[]): Confirmed[] {
  return trails.flatMap((trail) => {
    const reasons = leakOf(situation, trail);
    return reasons.length > 0 ? [verdict(trail, reasons)] : [];
  });
}

function leakOf({ usual, accepted, ease }: Situation, trail: CloseWaitTrail): ConnectionReason[] {
  const { recent, name, hourly } = trail;
  const counts = recent.map(([, count]) => count);
  const now = countNow(trail);
  const least = Math.min(...counts);
  const eased = ease("close-wait-leak", name, "warning");
  const learned = usual("closeWait");
  const reasons: ConnectionReason[] = [];
  const forMs = (recent.at(-1)?.[0] ?? 0) - (recent[0]?.[0] ?? 0);
  const level = Math.max(
    leakAt,
    Math.min(leakAlways, aboveUsual * (learned ?? 0)),
    aboveUsual * accepted("closeWait"),
  );
  // Shrinking is no leak, but it does not end one that was found.
  const stays = eased < 1 || now >= (counts[0] ?? 0);
  if (forMs >= spanMs && counts.length >= samplesMin && stays && least >= eased * level) {
    reasons.push({ code: "close-wait", count: now, usual: learned, forMs });
  }
  const rising = hourly.slice(-risingHours);
  const [from = 0] = rising;
  const to = rising.at(-1) ?? 0;
  const everMore = rising.every((count, at) => at === 0 || count >= (rising[at - 1] ?? 0));
  if (rising.length === risingHours && everMore && to - from >= leakAt && now >= to) {
    reasons.push({ code: "close-wait-grows", from, to, hours: risingHours });
  }
  return reasons;
}

function verdict(trail: CloseWaitTrail, reasons: readonly ConnectionReason[]): Confirmed {
  const { name, pid } = trail;
  return {
    confirmMs: 0,
    finding: {
      kind: "close-wait-leak",
      subject: name,
      severity: countNow(trail) >= criticalAt ? "critical" : "warning",
      sources: [],
      process: name === "" ? null : { name, pid },
      port: null,
      reasons,
      meaning: "process-never-closes",
      advice: ["fix-close", "restart-process"],
    },
  };
}

/** The most that any process has; what the host's normal state learns from. */
export const closeWaitOf = (trails: readonly CloseWaitTrail[], total: number): number =>
  countOf(trails[0] ? countNow(trails[0]) : total);
