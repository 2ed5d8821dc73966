import { escapeCharacter, showable } from "../base/text.ts";

export const transports = ["tcp", "udp", "sctp"] as const;
export type Transport = (typeof transports)[number];

/** Where something can be reached: transport + address + port, on one host and in one network namespace of it. */
export interface Endpoint {
  readonly transport: Transport;
  /** Canonical text: dotted IPv4, RFC 5952 IPv6 without zone. `::` and `0.0.0.0` mean every address. */
  readonly address: string;
  readonly port: number;
  /** Device that the socket is bound to, or the zone of a link-local address; null for most. */
  readonly interface: string | null;
  /**
   * Network namespace inside the host: null for the host's own, else a label that survives a restart where there is
   * one (`container:<12 hex>`, `netns:<name>`, last resort `ns:<inode>`).
   */
  readonly networkNamespace: string | null;
}

/** From where the binding can be reached, judged by the bound address alone. */
export const bindingScopes = ["loopback", "address", "all"] as const;
export type BindingScope = (typeof bindingScopes)[number];

/**
 * The canonical name: `tcp/192.0.2.1:22`, `tcp/[::]:80`, `udp/0.0.0.0%eth0:68`,
 * with `@<networkNamespace>` behind it where there is one. Unique within host and view.
 */
export function endpointKey(endpoint: Endpoint): string {
  const zone = endpoint.interface === null ? "" : `%${endpoint.interface}`;
  const address = endpoint.address.includes(":")
    ? `[${endpoint.address}${zone}]`
    : `${endpoint.address}${zone}`;
  const namespace = endpoint.networkNamespace === null ? "" : `@${endpoint.networkNamespace}`;
  return `${endpoint.transport}/${address}:${endpoint.port}${namespace}`;
}

/**
 * The name of a device or namespace as it can stand in a key: what would break the key or a screen, and the backslash,
 * is escaped, so that two names never become one.
 */
export function keyPart(name: string): string {
  return showable(name.replace(/[\s\]:@\\]/g, escapeCharacter));
}

const keyPattern =
  /^(tcp|udp|sctp)\/(?:\[([0-9a-f:.]+)(?:%([^\]\s]+))?\]|([0-9.]+)(?:%([^:\s]+))?):(\d{1,5})(?:@(\S+))?$/;

/** The inverse of `endpointKey`; undefined for anything that is not a key. */
export function tryParseEndpointKey(key: string): Endpoint | undefined {
  const match = keyPattern.exec(key);
  if (!match) return undefined;
  const port = Number(match[6]);
  if (port > 65_535) return undefined;
  return {
    transport: match[1] as Transport,
    address: (match[2] ?? match[4]) as string,
    port,
    interface: match[3] ?? match[5] ?? null,
    networkNamespace: match[7] ?? null,
  };
}

export function bindingScope(address: string): BindingScope {
  if (address === "0.0.0.0" || address === "::" || address === "::ffff:0.0.0.0") return "all";
  if (address === "::1" || address.startsWith("127.") || address.startsWith("::ffff:127.")) return "loopback";
  return "address";
}
