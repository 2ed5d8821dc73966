import type { Discovery } from "./discover.ts";
import type { ScanSummary } from "./scan.ts";

/** The summary with what was spent to find who is alive; nothing but that where nobody is. */
export function afterDiscovery(
  { alive, probes, bytes, durationMs }: Discovery,
  engine: ScanSummary["engine"],
  summary: ScanSummary | undefined,
  complete: boolean,
): ScanSummary {
  const nothing = { answers: 0, drops: 0, refused: 0, open: 0, closed: 0, filtered: 0, unreachable: 0 };
  const whole = summary ?? {
    engine,
    ...nothing,
    probes: 0,
    bytes: 0,
    durationMs: 0,
    loss: null,
    recall: null,
    blocked: null,
    complete,
  };
  return {
    ...whole,
    alive,
    probes: whole.probes + probes,
    bytes: whole.bytes + bytes,
    durationMs: whole.durationMs + durationMs,
  };
}

/** One summary of a scan over TCP and then over UDP: sums, and the worse of what is estimated. */
export function bothSummaries(tcp: ScanSummary, udp: ScanSummary): ScanSummary {
  const worse = (pick: (...values: number[]) => number, a: number | null, b: number | null): number | null =>
    a === null || b === null ? (a ?? b) : pick(a, b);
  return {
    ...tcp,
    ...(udp.openFiltered === undefined ? {} : { openFiltered: udp.openFiltered }),
    ...(udp.unsure === undefined ? {} : { unsure: udp.unsure }),
    engine: tcp.engine === "connect" ? "connect+udp" : "syn+udp",
    probes: tcp.probes + udp.probes,
    bytes: tcp.bytes + udp.bytes,
    answers: tcp.answers + udp.answers,
    drops: tcp.drops + udp.drops,
    refused: tcp.refused + udp.refused,
    durationMs: tcp.durationMs + udp.durationMs,
    open: tcp.open + udp.open,
    closed: tcp.closed + udp.closed,
    filtered: tcp.filtered + udp.filtered,
    loss: worse(Math.max, tcp.loss, udp.loss),
    // A part that was stopped before it knew anything may have missed all.
    recall: udp.recall === null && !udp.complete ? null : worse(Math.min, tcp.recall, udp.recall),
    unreachable: Math.max(tcp.unreachable, udp.unreachable),
    complete: tcp.complete && udp.complete,
  };
}
