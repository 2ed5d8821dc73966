import type { ScanSummary } from "./scan.ts";

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
    recall: worse(Math.min, tcp.recall, udp.recall),
    unreachable: Math.max(tcp.unreachable, udp.unreachable),
    complete: tcp.complete && udp.complete,
  };
}
