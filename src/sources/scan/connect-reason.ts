import { constants } from "node:os";
import type { PortReason } from "../../model/port-state.ts";

const { errno } = constants;

const reasons = new Map<number, PortReason>([
  [0, "syn-ack"],
  [errno.ECONNREFUSED, "conn-refused"],
  [errno.ECONNRESET, "reset"],
  [errno.ETIMEDOUT, "no-response"],
  [errno.EHOSTUNREACH, "host-unreach"],
  [errno.ENETUNREACH, "net-unreach"],
  [errno.EACCES, "admin-prohibited"],
  [errno.EPERM, "admin-prohibited"],
]);

/** Our own descriptors, ports or memory have run out: it says nothing of the other side. */
const ownFailures = new Set([
  errno.EMFILE,
  errno.ENFILE,
  errno.ENOMEM,
  errno.EADDRNOTAVAIL,
  errno.ENOBUFS,
  errno.EAGAIN,
]);

/** What an errno of connect(2), 0 for success, says of a port; undefined: nothing, it is to be asked again. */
export function connectReason(end: number): PortReason | undefined {
  return ownFailures.has(end) ? undefined : (reasons.get(end) ?? "unreachable");
}

/** Whether no further socket can be had. */
export const lacksSockets = (end: number): boolean =>
  end === errno.EMFILE || end === errno.ENFILE || end === errno.ENOMEM;
