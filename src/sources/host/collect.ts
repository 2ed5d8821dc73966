// What: one look at this machine, for a command that looks once.
// Idea: the first look of a poller, and nothing kept.
// Trap: a process may end between the listing of its socket and the reading of its descriptors: then the row says so.
// Source: poller.ts.

import type { HostIdentity, Look } from "../../model/look.ts";
import { hostIdentity } from "./identity.ts";
import { createPoller } from "./poller.ts";

export interface CollectOptions {
  /** false (the default): only the network namespace that we run in, as ss does. */
  readonly allNamespaces?: boolean;
  /** false: /proc alone. */
  readonly ffi?: boolean;
}

export interface Collection {
  readonly host: HostIdentity;
  /** `full`. */
  readonly look: Look;
}

export async function collect(options: CollectOptions = {}): Promise<Collection> {
  const poller = await createPoller({
    namespaces: options.allNamespaces === true ? "all" : "own",
    ...(options.ffi === undefined ? {} : { ffi: options.ffi }),
  });
  try {
    return { host: hostIdentity(), look: poller.look() };
  } finally {
    poller.close();
  }
}
