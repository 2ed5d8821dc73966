import type { ConnectionState } from "./connection-counts.ts";

/**
 * Every spelling in capitals without `-` and `_`: RFC 9293 §3.3.2, the kernel, ss, netstat (Linux, BSD, Windows), Zabbix,
 * OpenTelemetry. `UNCONN` is what ss calls a UDP socket without a peer, too.
 */
const bySpelling: Readonly<Record<string, ConnectionState>> = {
  ESTAB: "ESTABLISHED",
  ESTABLISHED: "ESTABLISHED",
  SYNSENT: "SYN-SENT",
  SYNREC: "SYN-RECEIVED",
  SYNRECV: "SYN-RECEIVED",
  SYNRCVD: "SYN-RECEIVED",
  SYNRECEIVED: "SYN-RECEIVED",
  NEWSYNRECV: "SYN-RECEIVED",
  FINWAIT1: "FIN-WAIT-1",
  FINWAIT2: "FIN-WAIT-2",
  TIMEWAIT: "TIME-WAIT",
  CLOSE: "CLOSED",
  CLOSED: "CLOSED",
  UNCONN: "CLOSED",
  BOUNDINACTIVE: "CLOSED",
  CLOSEWAIT: "CLOSE-WAIT",
  LASTACK: "LAST-ACK",
  LISTEN: "LISTEN",
  LISTENING: "LISTEN",
  CLOSING: "CLOSING",
};

const charactersMax = 16;

/** Every spelling, in capitals and without `-` and `_`. */
export const connectionStateSpellings: readonly string[] = Object.keys(bySpelling);

/** The state that a text means; upper and lower case are one. Undefined for what is no state. */
export function connectionStateOf(text: string): ConnectionState | undefined {
  if (text.length > charactersMax) return undefined;
  const spelling = text.toUpperCase().replaceAll(/[-_]/g, "");
  return Object.hasOwn(bySpelling, spelling) ? bySpelling[spelling] : undefined;
}
