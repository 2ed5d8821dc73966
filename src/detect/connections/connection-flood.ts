// What: an address or a prefix that holds far more connections than anybody here, and than it ever did.
// Idea: who was seen before is measured by its own past, a stranger by what strangers usually do. Where the host
//   suffers (an accept queue fills, connections are dropped, conntrack fills), little is enough to name somebody;
//   where it does not, only what no ordinary client does. A new proxy takes the place of an old one: a stranger is
//   measured by whoever has just left, too.
// Trap: ten thousand clients with one connection each are a crowd, not a flood: no figure tells them apart, so nobody
//   is named. A load test from one machine that nobody declared looks like an attack, because it is one.

import type { ConnectionReason, ConnectionSeverity } from "../../model/connection-verdict.ts";
import { connectionSourcesMax } from "../../model/connection-verdict.ts";
import { countOf, heldOf } from "./figures.ts";
import { type Confirmed, type Situation, type Suspect, suspectsOf } from "./situation.ts";

interface Level {
  readonly severity: ConnectionSeverity;
  readonly least: number;
  readonly aboveUsual: number;
  /** Per mille of all connections. */
  readonly share: number;
}

const levels = {
  look: { severity: "look", least: 100, aboveUsual: 4, share: 100 },
  harmless: { severity: "warning", least: 500, aboveUsual: 8, share: 100 },
  harmful: { severity: "critical", least: 20, aboveUsual: 3, share: 10 },
} satisfies Record<string, Level>;
/** A prefix has more clients than an address. */
const prefixFactor = 2;
/** Who usually has this part of all connections is the host's proxy: it grows as the host does. */
const proxyShare = 0.2;
/** Who takes the place of another has at most about what that one had. */
const aboveSuccessor = 2;
/** So full is an accept queue, or conntrack, when it hurts. */
const fullShare = 0.5;
const conntrackShare = 0.8;
const foremostShare = 0.2;
/** Those named hold at least this part of all connections, where the host suffers. */
const blamedShare = 0.2;
const reasonsPerVerdict = 3;
const lookConfirmMs = 20_000;

export function connectionFlood(situation: Situation): Confirmed[] {
  const suspects = suspectsOf(situation, levels.harmful.least / 2);
  if (suspects.length === 0) return [];
  const above = (level: Level): Suspect[] => {
    const eased = situation.ease("connection-flood", "", level.severity);
    return suspects.filter((one) => one.count >= eased * levelOf(one, level, situation));
  };
  const harm = harmOf(situation);
  const blamed = harm.length > 0 ? foremost(above(levels.harmful)) : [];
  if (partOf(blamed, situation) >= blamedShare) return [verdict(situation, "critical", blamed, harm, 0)];
  // What a host that nobody knows yet has at the beginning may well be its normal state.
  const many = situation.cold ? [] : above(levels.harmless);
  if (many.length > 0) return [verdict(situation, "warning", many, [], 0)];
  const odd = above(levels.look);
  return odd.length > 0 ? [verdict(situation, "look", odd, [], lookConfirmMs)] : [];
}

/** Where somebody has far more than all others, the others are bystanders. */
function foremost(suspects: readonly Suspect[]): readonly Suspect[] {
  const most = Math.max(0, ...suspects.map(({ count }) => count));
  return suspects.filter(({ count }) => count >= foremostShare * most);
}

/** The part of all connections that they hold; an address counts in its prefix already. */
function partOf(suspects: readonly Suspect[], situation: Situation): number {
  const sum = suspects.reduce((all, { count, isPrefix }) => all + (isPrefix ? 0 : count), 0);
  const widest = Math.max(0, ...suspects.map(({ count }) => count));
  return Math.max(sum, widest) / Math.max(1, heldOf(situation.sample.tcp));
}

/** How many connections are too many. When everybody has more than usual, nobody stands out: that is a crowd. */
function levelOf({ remote, isPrefix, count }: Suspect, level: Level, situation: Situation): number {
  const past = situation.past(remote)?.usual;
  const usual = past ?? situation.usual(isPrefix ? "prefix" : "stranger") ?? 0;
  const usualOfAll = situation.usual("connections") ?? 0;
  const rest = heldOf(situation.sample.tcp) - count;
  const growth = usualOfAll === 0 ? 1 : Math.max(1, rest / usualOfAll);
  if (level.severity !== "critical" && past !== undefined && past >= proxyShare * usualOfAll) return Infinity;
  const predecessor = past === undefined && level.severity !== "critical" ? situation.vanished(isPrefix) : 0;
  return Math.max(
    level.least * (isPrefix ? prefixFactor : 1),
    Math.max(level.aboveUsual * usual, aboveSuccessor * predecessor) * growth,
    (level.share * heldOf(situation.sample.tcp)) / 1_000,
  );
}

function harmOf({ sample, rates }: Situation): ConnectionReason[] {
  const reasons: ConnectionReason[] = [];
  for (const { port, queue } of sample.ports) {
    if (queue && countOf(queue.max) > 0 && countOf(queue.waiting) > fullShare * countOf(queue.max)) {
      reasons.push({ code: "queue", port, waiting: countOf(queue.waiting), max: countOf(queue.max) });
    }
  }
  if (rates && rates.overflows > 0) {
    reasons.push({ code: "overflows", perSecond: Math.ceil(rates.overflows) });
  }
  const { conntrack } = sample;
  if (conntrack && countOf(conntrack.count) > conntrackShare * Math.max(1, countOf(conntrack.max))) {
    reasons.push({ code: "conntrack", count: countOf(conntrack.count), max: countOf(conntrack.max) });
  }
  return reasons.slice(0, reasonsPerVerdict);
}

function verdict(
  situation: Situation,
  severity: ConnectionSeverity,
  suspects: readonly Suspect[],
  harm: readonly ConnectionReason[],
  confirmMs: number,
): Confirmed {
  const shown = suspects.slice(0, reasonsPerVerdict);
  const reasons: ConnectionReason[] = shown.flatMap(({ remote, count, isPrefix }): ConnectionReason[] => {
    const past = situation.past(remote);
    const usual = past?.usual ?? situation.usual(isPrefix ? "prefix" : "stranger");
    const connections: ConnectionReason = { code: "source-connections", source: remote, count, usual };
    return past || situation.cold ? [connections] : [connections, { code: "stranger", source: remote }];
  });
  if (situation.cold) reasons.push({ code: "nothing-learned", watchedMs: situation.watchedMs });
  return {
    confirmMs,
    finding: {
      kind: "connection-flood",
      subject: "",
      severity,
      sources: suspects.slice(0, connectionSourcesMax).map(({ remote, count }) => ({ remote, count })),
      process: null,
      port: null,
      reasons: [...harm, ...reasons],
      meaning: severity === "critical" ? "others-crowded-out" : "one-holds-many",
      advice:
        severity === "look"
          ? ["watch", "declare-load-test"]
          : ["block-sources", "limit-per-source", "declare-load-test"],
    },
  };
}
