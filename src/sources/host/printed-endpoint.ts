// What: `address:port` as ss and netstat print it.
// Idea: the last separator parts address and port; what stands before is taken apart by one rule for all tools.
// Trap: old ss prints IPv6 without brackets (`:::22`), new ss puts the device behind the bracket (`[fe80::1]%eth0:22`),
//   BSD parts with a dot (`*.22`), and a bare `*` means any IPv4 to some and any IPv6 to others: the caller says which.
// Source: iproute2 misc/ss.c (inet_addr_print), net-tools lib/inet*.c, Darwin network_cmds.

import { keyPart } from "../../model/endpoint.ts";
import { canonicalAddress } from "./address.ts";
import { tryParsePort } from "./service-ports.ts";

export interface PrintedEndpoint {
  readonly address: string;
  /** Null: `*`, any. */
  readonly port: number | null;
  readonly interface: string | null;
}

const charactersMax = 128;
const deviceName = /^[\w.:@-]{1,15}$/;

/** `wildcard`: what `*` stands for. Undefined, or why not, when it is no endpoint. */
export function parsePrintedEndpoint(text: string, wildcard: string): PrintedEndpoint | string {
  if (text.length > charactersMax) return "address is too long";
  const parts = splitPort(text);
  if (parts === undefined) return `no address and port in "${text}"`;
  const port = parts.port === "*" ? null : tryParsePort(parts.port);
  if (port === undefined) return `unknown service name or port "${parts.port}"`;
  const [host = "", zone] = splitZone(parts.host);
  const address =
    host === "*" || host === "" ? wildcard : (loopbackOf(host, wildcard) ?? canonicalAddress(host));
  if (address === undefined) {
    return /^[\w.-]*[a-z][\w.-]*$/i.test(host)
      ? `host name "${host}" instead of an address: print it with -n`
      : `unknown address "${host}"`;
  }
  if (zone !== undefined && !deviceName.test(zone)) return `unknown device "${zone}"`;
  return { address, port, interface: zone === undefined ? null : keyPart(zone) };
}

/** The one host name that means the same everywhere (RFC 6761 §6.3). */
function loopbackOf(host: string, wildcard: string): string | undefined {
  if (host === "ip6-localhost") return "::1";
  if (host !== "localhost") return undefined;
  return wildcard === "::" ? "::1" : "127.0.0.1";
}

function splitPort(text: string): { host: string; port: string } | undefined {
  const colon = text.lastIndexOf(":");
  const dot = text.lastIndexOf(".");
  // BSD: `*.22`, `127.0.0.1.53`, `fe80::1%lo0.123`.
  const at = colon < 0 || (dot > colon && !text.includes("]")) ? dot : colon;
  return at < 1 ? undefined : { host: text.slice(0, at), port: text.slice(at + 1) };
}

/** Takes brackets off and the zone apart: `[fe80::1]%eth0`, `[fe80::1%eth0]`, `127.0.0.53%lo`. */
function splitZone(host: string): string[] {
  return host.replace("[", "").replace("]", "").split("%", 2);
}
