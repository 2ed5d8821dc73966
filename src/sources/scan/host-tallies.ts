import type { PortReason } from "../../model/port-state.ts";
import type { HostTally } from "./answer-book.ts";

/** What was counted of every host, at 8 bytes each and more only where something was filtered with a reason. */
export interface HostTallies {
  readonly open: number;
  readonly closed: number;
  readonly filtered: number;
  add(host: number, reason: PortReason): void;
  /** Answers of one host, of whatever kind. */
  answersOf(host: number): number;
  of(host: number): Omit<HostTally, "complete">;
}

export function hostTallies(hosts: number, ports: number): HostTallies {
  const openOf = new Uint32Array(hosts);
  const closedOf = new Uint32Array(hosts);
  const filteredOf = new Map<number, Partial<Record<PortReason, number>>>();
  let [open, closed, filtered] = [0, 0, 0];
  const answersOf = (host: number): number => (openOf[host] ?? 0) + (closedOf[host] ?? 0);
  return {
    get open() {
      return open;
    },
    get closed() {
      return closed;
    },
    get filtered() {
      return filtered;
    },
    add(host, reason) {
      if (reason === "syn-ack") {
        open += 1;
        openOf[host] = (openOf[host] ?? 0) + 1;
      } else if (reason === "conn-refused" || reason === "reset") {
        closed += 1;
        closedOf[host] = (closedOf[host] ?? 0) + 1;
      } else {
        filtered += 1;
        const reasons = filteredOf.get(host) ?? {};
        reasons[reason] = (reasons[reason] ?? 0) + 1;
        filteredOf.set(host, reasons);
      }
    },
    answersOf,
    of(host) {
      const reasons = filteredOf.get(host) ?? {};
      const blocked = Object.values(reasons).reduce((sum, count) => sum + count, 0);
      return {
        open: openOf[host] ?? 0,
        closed: closedOf[host] ?? 0,
        filtered: reasons,
        silent: ports - answersOf(host) - blocked,
      };
    },
  };
}
