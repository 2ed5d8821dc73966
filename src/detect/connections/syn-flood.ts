// What: handshakes that begin and never end, told from a server that is only busy.
// Idea: three witnesses. Half-open connections that neither the completed ones nor a full accept queue explain; SYN
//   cookies that are sent and do not come back; SYNs that were dropped because their queue was full. The last two are
//   sums over the whole time between two samples, so one sample of them proves enough.
// Trap: a backlog caps the half-open connections: with 5 places a flood of a million shows as 5. And the addresses of
//   a flood are forged more often than not: they are named only where a few of them hold many places each.

import type {
  ConnectionReason,
  ConnectionSeverity,
  ConnectionSource,
} from "../../model/connection-verdict.ts";
import { connectionSourcesMax } from "../../model/connection-verdict.ts";
import type { RemoteConnections } from "../../model/connection-sample.ts";
import { completedOf, countOf, stateOf } from "./figures.ts";
import { type Confirmed, liesIn, type Situation } from "./situation.ts";

/** The articles' value: "this number should be below 5". */
const lookAt = 5;
const warnAt = 20;
const aboveUsual = 3;
/** So many at once, and so far above the usual, are no momentary burst. */
const surelyAt = 100;
const surelyAboveUsual = 10;
/** Longer than a handshake takes, even over a bad path. */
const handshakeMsMin = 500;
const handshakeMsCold = 1_000;
const sharePerMilleMin = 50;
const sharePerMilleCold = 200;
const perSecondMin = 10;
/** More than what gets through by ordinary bursts, where that was not read. */
const droppedSurely = 100;
/** Less than half of the cookies come back. */
const returnedShare = 0.5;
/** One source that holds so many places and completes hardly anything. */
const stuckAt = 20;
const stuckPerMille = 800;
/** Named is who holds at least so many places, and a 500th of all; who was seen before, only when stuck. */
const namedAt = 3;
const namedShare = 0.002;

/** Far behind the first one is a bystander. */
const foremostShare = 0.1;
/** Those named hold this part of all, or each source has several places on average; else the flood is not theirs. */
const togetherShare = 0.25;

const confirmMs = 900;
const lookConfirmMs = 20_000;

export function synFlood(situation: Situation): Confirmed[] {
  const unexplained = !isExplained(situation);
  if (isOverrun(situation, unexplained)) return [verdict(situation, "critical", 0)];
  const usual = situation.usual("halfOpen") ?? 0;
  const above = (severity: ConnectionSeverity, least: number, factor: number): boolean =>
    unexplained &&
    situation.halfOpenAlone >= situation.ease("syn-flood", "", severity) * Math.max(least, factor * usual);
  if (above("warning", surelyAt, surelyAboveUsual)) return [verdict(situation, "warning", 0)];
  // "Some servers always have many": until a minute was watched, only what is far beyond that is an alarm.
  if ((!situation.cold && above("warning", warnAt, aboveUsual)) || hasStuckSource(situation, unexplained)) {
    return [verdict(situation, "warning", confirmMs)];
  }
  return above("look", lookAt, aboveUsual) ? [verdict(situation, "look", lookConfirmMs)] : [];
}

/** The SYN queue is full of what never completes: cookies do not come back, or more is dropped than gets through. */
function isOverrun({ rates, usual, ease }: Situation, unexplained: boolean): boolean {
  if (rates === null) return false;
  const eased = ease("syn-flood", "", "critical");
  const cookiesMin = Math.max(perSecondMin, aboveUsual * (usual("cookies") ?? 0));
  if (rates.cookiesSent >= eased * cookiesMin && rates.cookiesReturned < returnedShare * rates.cookiesSent) {
    return true;
  }
  const through = rates.completed ?? (unexplained ? 0 : droppedSurely);
  return rates.otherDrops >= eased * Math.max(perSecondMin, through);
}

/** Whether so many half-open connections follow from how many are completed. */
function isExplained({ handshakeMs, halfOpenShare, usual }: Situation): boolean {
  if (handshakeMs !== null) {
    const learned = usual("handshakeMs");
    return (
      handshakeMs <= (learned === null ? handshakeMsCold : Math.max(handshakeMsMin, aboveUsual * learned))
    );
  }
  const learned = usual("halfOpenShare");
  return (
    halfOpenShare <= (learned === null ? sharePerMilleCold : Math.max(sharePerMilleMin, aboveUsual * learned))
  );
}

/**
 * Connections that last a tenth of a second leave no trace to compare with: an honest proxy with many of them has more
 * handshakes under way than connections. So what it has must be too much for all that the host completes.
 */
function hasStuckSource(situation: Situation, unexplained: boolean): boolean {
  const { sample, halfOpenAlone, rates, isExpected, ease } = situation;
  const flow = ((rates?.completed ?? 0) * handshakeMsMin) / 1_000;
  if (!unexplained && (rates?.completed ?? null) === null) return false;
  const least = ease("syn-flood", "", "warning") * Math.max(stuckAt, unexplained ? 0 : flow);
  // Behind a full accept queue, honest clients are stuck as well.
  if (halfOpenAlone < least) return false;
  return sample.remotes.some((row) => halfOpenOf(row) >= least && isStuck(row) && !isExpected(row.remote));
}

const halfOpenOf = ({ states }: RemoteConnections): number => stateOf(states, "SYN-RECEIVED");

const isStuck = (row: RemoteConnections): boolean =>
  halfOpenOf(row) * 1_000 >= stuckPerMille * (halfOpenOf(row) + completedOf(row.states));

/** Who holds the places; a prefix where many addresses of it do. Nobody where each holds one: those are forged. */
function sourcesOf({ sample, halfOpen, isExpected, past }: Situation): ConnectionSource[] {
  const least = Math.max(namedAt, Math.ceil(namedShare * halfOpen));
  const named = (rows: readonly RemoteConnections[]): ConnectionSource[] =>
    rows
      .filter((row) => halfOpenOf(row) >= (past(row.remote) ? stuckAt : namedAt) && isStuck(row))
      .filter(({ remote }) => !isExpected(remote))
      .map((row) => ({ remote: row.remote, count: halfOpenOf(row) }));
  const addresses = named(sample.remotes);
  const prefixes = named(sample.prefixes).filter(
    ({ remote, count }) =>
      count >= least && !addresses.some((one) => one.count * 2 >= count && liesIn(one.remote, remote)),
  );
  const alone = addresses.filter(
    (one) => one.count >= least && !prefixes.some(({ remote }) => liesIn(one.remote, remote)),
  );
  const all = [...prefixes, ...alone].sort((a, b) => b.count - a.count);
  const [first] = all;
  const foremost = all.filter(({ count }) => count >= foremostShare * (first?.count ?? 0));
  const together = foremost.reduce((sum, { count }) => sum + count, 0);
  // A sample holds the rows of some sources only: that each has several places shows as well in how many there are.
  const sources = countOf(sample.halfOpenRemotes);
  const areTheirs = together >= togetherShare * halfOpen || (sources > 0 && halfOpen >= namedAt * sources);
  return areTheirs ? foremost.slice(0, connectionSourcesMax) : [];
}

function verdict(situation: Situation, severity: ConnectionSeverity, confirm: number): Confirmed {
  const sources = sourcesOf(situation);
  const few = sources.length > 0;
  return {
    confirmMs: confirm,
    finding: {
      kind: "syn-flood",
      subject: "",
      severity,
      sources,
      process: null,
      port: portOf(situation),
      reasons: reasonsOf(situation, sources),
      meaning: severity === "look" ? "handshakes-stay-open" : few ? "flood-from-few" : "flood-from-many",
      advice:
        severity === "look"
          ? ["watch"]
          : few
            ? ["enable-syn-cookies", "block-sources", "raise-backlog"]
            : ["block-nobody-forged", "enable-syn-cookies", "filter-upstream", "raise-backlog"],
    },
  };
}

/** The port that most of the half-open connections are on. */
function portOf({ sample, halfOpen }: Situation): number | null {
  const most = sample.ports.find(({ states }) => stateOf(states, "SYN-RECEIVED") * 2 > halfOpen);
  return most?.port ?? null;
}

function reasonsOf(situation: Situation, sources: readonly ConnectionSource[]): ConnectionReason[] {
  const { halfOpen, handshakeMs, halfOpenShare, rates, usual, cold, watchedMs, sample } = situation;
  const reasons: ConnectionReason[] = [{ code: "half-open", count: halfOpen, usual: usual("halfOpen") }];
  if (handshakeMs !== null) {
    reasons.push({ code: "handshake-lasts", ms: handshakeMs, usualMs: usual("handshakeMs") });
  } else {
    reasons.push({ code: "half-open-share", perMille: halfOpenShare, usualPerMille: usual("halfOpenShare") });
  }
  if (rates && rates.cookiesSent > 0) {
    const [sentPerSecond, returnedPerSecond] = [rates.cookiesSent, rates.cookiesReturned].map(Math.round);
    reasons.push({
      code: "cookies",
      sentPerSecond: sentPerSecond ?? 0,
      returnedPerSecond: returnedPerSecond ?? 0,
    });
  }
  if (rates && rates.otherDrops > 0) {
    reasons.push({ code: "syns-dropped", perSecond: Math.round(rates.otherDrops) });
  }
  reasons.push(
    sources.length > 0
      ? {
          code: "few-sources",
          sources: sources.length,
          halfOpen: sources.reduce((sum, { count }) => sum + count, 0),
        }
      : { code: "many-sources", sources: countOf(sample.halfOpenRemotes), halfOpen },
  );
  if (cold) reasons.push({ code: "nothing-learned", watchedMs });
  return reasons;
}
