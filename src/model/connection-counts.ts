/** The eleven TCP connection states, in the spelling of RFC 9293 §3.3.2. Other spellings are mapped at the edge. */
export const connectionStates = [
  "LISTEN",
  "SYN-SENT",
  "SYN-RECEIVED",
  "ESTABLISHED",
  "FIN-WAIT-1",
  "FIN-WAIT-2",
  "CLOSE-WAIT",
  "CLOSING",
  "LAST-ACK",
  "TIME-WAIT",
  "CLOSED",
] as const;
export type ConnectionState = (typeof connectionStates)[number];

/** Sockets per state at one time; a state without sockets is 0, never missing. */
export type ConnectionCounts = Readonly<Record<ConnectionState, number>>;
