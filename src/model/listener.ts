import type { BindingScope, Endpoint } from "./endpoint.ts";
import type { Process } from "./process.ts";

/** One listening endpoint from the inside: every socket on it, and every process that holds one of them. */
export interface Listener extends Endpoint {
  readonly scope: BindingScope;
  /** Sockets on this endpoint: > 1 with SO_REUSEPORT. */
  readonly sockets: number;
  /** All holders, by pid ascending; empty when unknown. */
  readonly processes: readonly Process[];
  /** pids among `processes` that lead: hold a socket their parent does not hold. By pid ascending. */
  readonly leaders: readonly number[];
  /** Why `processes` is empty or incomplete, as a sentence; null when all is known. */
  readonly ownerUnknown: string | null;
}
