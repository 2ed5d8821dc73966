// What: closed connections that still hold a port (TIME-WAIT), and outgoing connections that find no free one.
// Idea: who closes first pays, with a port for a minute. That hurts only where one remote endpoint's connections use
//   up the local ports; the number of TIME-WAIT by itself is memory, and a hint.
// Trap: ports are short per remote endpoint, not in sum: 100,000 TIME-WAIT of clients cost no port at all.
// Source: RFC 9293 §3.6.1; RFC 6191; Linux Documentation/networking/ip-sysctl.rst, ip_local_port_range.

import type {
  ConnectionAdvice,
  ConnectionReason,
  ConnectionSeverity,
} from "../../model/connection-verdict.ts";
import { comesFromOutside, completedOf, countOf } from "./figures.ts";
import type { Confirmed, Situation } from "./situation.ts";

const pileAt = 10_000;
const aboveUsual = 4;
/** Shares of the local ports that one remote endpoint takes. */
const shortShare = 0.5;
const exhaustedShare = 0.8;
const goneShare = 0.95;
const lookConfirmMs = 20_000;

export function timeWaitPile(situation: Situation): Confirmed[] {
  const { timeWait, usual, ease } = situation;
  const eased = ease("time-wait-pile", "", "look");
  if (timeWait < eased * Math.max(pileAt, aboveUsual * (usual("timeWait") ?? 0))) return [];
  const short = usedShare(situation) >= shortShare;
  const severity = short ? "warning" : "look";
  const advice: ConnectionAdvice[] = short
    ? ["reuse-connections", "widen-port-range"]
    : ["reuse-connections"];
  return [
    {
      confirmMs: lookConfirmMs,
      finding: {
        ...ofPorts(situation, severity),
        kind: "time-wait-pile",
        meaning: short ? "ports-run-short" : "many-short-connections",
        advice,
      },
    },
  ];
}

export function portExhaustion(situation: Situation): Confirmed[] {
  const share = usedShare(situation);
  // Not half of it: at 40 % no port is short.
  const eased = situation.ease("port-exhaustion", "", "warning") < 1 ? 0.9 : 1;
  if (share < eased * exhaustedShare) return [];
  const severity = share >= goneShare ? "critical" : "warning";
  return [
    {
      confirmMs: 0,
      finding: {
        ...ofPorts(situation, severity),
        kind: "port-exhaustion",
        meaning: "ports-run-short",
        advice: ["reuse-connections", "widen-port-range", "restart-process"],
      },
    },
  ];
}

function usedShare({ sample: { ephemeral } }: Situation): number {
  return ephemeral ? countOf(ephemeral.mostUsed) / Math.max(1, countOf(ephemeral.size)) : 0;
}

function ofPorts(situation: Situation, severity: ConnectionSeverity) {
  const { sample, timeWait, usual } = situation;
  const { ephemeral } = sample;
  const reasons: ConnectionReason[] = [{ code: "time-wait", count: timeWait, usual: usual("timeWait") }];
  if (ephemeral) {
    reasons.unshift({ code: "ports-used", used: countOf(ephemeral.mostUsed), size: countOf(ephemeral.size) });
  }
  // Whom we connect to: the one with the most connections that each took a port of their own.
  const [target] = sample.remotes
    .filter((row) => !comesFromOutside(row))
    .map(({ remote, states }) => ({ remote, count: completedOf(states) }))
    .sort((a, b) => b.count - a.count);
  return {
    subject: "",
    severity,
    sources: target ? [target] : [],
    process: null,
    port: null,
    reasons,
  } as const;
}
