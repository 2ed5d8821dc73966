// What: this host tries to connect to many machines at once: a worm, a scanner, or a program that was told to.
// Idea: a SYN-SENT lasts as long as a round trip; many of them, to many addresses, means that most do not answer.
// Trap: one dead backend gives many SYN-SENT to one address: that is an outage, and not told here. Crawlers and
//   monitors do this all day: their host has learned it.
// Source: the article's "SYN_SENT very many, and to different machines: your machine may have caught a worm".

import type { ProcessConnections, RemoteConnections } from "../../model/connection-sample.ts";
import { connectionSourcesMax } from "../../model/connection-verdict.ts";
import type { ConnectionReason, ConnectionSeverity } from "../../model/connection-verdict.ts";
import { countOf, stateOf } from "./figures.ts";
import type { Confirmed, Situation } from "./situation.ts";

const lookAt = 20;
const warnAt = 50;
const aboveUsual = 4;
const surelyAt = 200;
const surelyAboveUsual = 10;
/** A prefix in which so many are tried is named as a target. */
const targetAt = 10;

const confirmMs = 1_900;
const lookConfirmMs = 20_000;

export function fanOut(situation: Situation): Confirmed[] {
  const tried = countOf(situation.sample.triedRemotes);
  const usual = situation.usual("tried") ?? 0;
  const above = (severity: ConnectionSeverity, least: number, factor: number): boolean =>
    tried >= situation.ease("syn-sent-fan-out", "", severity) * Math.max(least, factor * usual);
  if (above("critical", surelyAt, surelyAboveUsual)) return [verdict(situation, "critical", 0)];
  if (above("warning", warnAt, aboveUsual)) return [verdict(situation, "warning", confirmMs)];
  return above("look", lookAt, aboveUsual) ? [verdict(situation, "look", lookConfirmMs)] : [];
}

function verdict(situation: Situation, severity: ConnectionSeverity, confirm: number): Confirmed {
  const { sample, usual, cold, watchedMs } = situation;
  const reasons: ConnectionReason[] = [
    { code: "tried", remotes: countOf(sample.triedRemotes), usual: usual("tried") },
  ];
  if (cold) reasons.push({ code: "nothing-learned", watchedMs });
  const process = processOf(sample.processes);
  return {
    confirmMs: confirm,
    finding: {
      kind: "syn-sent-fan-out",
      subject: "",
      severity,
      sources: targetsOf(sample.prefixes),
      process: process && { name: process.name, pid: process.pid },
      port: null,
      reasons,
      meaning: "scans-or-infected",
      advice: severity === "look" ? ["inspect-process"] : ["inspect-process", "isolate-host"],
    },
  };
}

const triesOf = ({ states }: { readonly states: ProcessConnections["states"] }): number =>
  stateOf(states, "SYN-SENT");

/** Who tries most. */
function processOf(processes: readonly ProcessConnections[]): ProcessConnections | null {
  const [first] = processes.filter((one) => triesOf(one) > 0).sort((a, b) => triesOf(b) - triesOf(a));
  return first ?? null;
}

/** The prefixes that are tried most. */
function targetsOf(prefixes: readonly RemoteConnections[]): { remote: string; count: number }[] {
  return prefixes
    .map((row) => ({ remote: row.remote, count: triesOf(row) }))
    .filter(({ count }) => count >= targetAt)
    .sort((a, b) => b.count - a.count)
    .slice(0, connectionSourcesMax);
}
