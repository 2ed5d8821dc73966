import type { ConnectionState } from "../../api/shapes.ts";

/** In the order of a connection's life, as a person looks for them. */
export const connectionStates = [
  "SYN-RECEIVED",
  "SYN-SENT",
  "ESTABLISHED",
  "FIN-WAIT-1",
  "FIN-WAIT-2",
  "CLOSE-WAIT",
  "CLOSING",
  "LAST-ACK",
  "TIME-WAIT",
  "LISTEN",
  "CLOSED",
] as const satisfies readonly ConnectionState[];

/** What stands on each other in the chart, the lowest first; states of one kind are one band. */
export const bands = [
  { key: "established", states: ["ESTABLISHED"] },
  { key: "time-wait", states: ["TIME-WAIT"] },
  { key: "closing", states: ["FIN-WAIT-1", "FIN-WAIT-2", "CLOSING", "LAST-ACK"] },
  { key: "close-wait", states: ["CLOSE-WAIT"] },
  { key: "syn-sent", states: ["SYN-SENT"] },
  { key: "syn-received", states: ["SYN-RECEIVED"] },
] as const satisfies readonly { readonly key: string; readonly states: readonly ConnectionState[] }[];

/** The band that a state belongs to; none for those that are no connection. */
export function bandOf(state: ConnectionState): string | undefined {
  return bands.find(({ states }) => (states as readonly ConnectionState[]).includes(state))?.key;
}
