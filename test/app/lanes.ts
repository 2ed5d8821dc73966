import { bytesOf, fleetAgent, fresh } from "../store/fleet.ts";
import type { Lookout } from "../support/lookout.ts";

/** Agents that each send one batch at a time and send it again, byte for byte, until it is answered. */
export interface Lanes {
  /** Runs until `stop`, and then until each batch that was sent is answered; each batch is one new listener, so each makes exactly one event. */
  run(deliver: (host: number, body: Uint8Array) => Promise<void>): void;
  stop(): Promise<void>;
  /** Answered batches per host. */
  readonly acknowledged: readonly number[];
  readonly total: number;
}

const retryMs = 20;

export function lanes(hosts: number): Lanes {
  const agents: readonly Lookout[] = Array.from({ length: hosts }, (_, host) => fleetAgent(host));
  const acknowledged = Array<number>(hosts).fill(0);
  const waiting = agents.map((one) => bytesOf(one.batch({ basis: "full" })));
  let first = Array<boolean>(hosts).fill(true);
  let running: Promise<void>[] = [];
  let stop = new AbortController();

  const lane = async (
    host: number,
    deliver: (host: number, body: Uint8Array) => Promise<void>,
  ): Promise<void> => {
    for (;;) {
      try {
        await deliver(host, waiting[host] ?? new Uint8Array());
      } catch {
        // It may be stored all the same: only its answer can tell.
        await new Promise((resolve) => setTimeout(resolve, retryMs));
        continue;
      }
      if (first[host] === true) first = first.with(host, false);
      else acknowledged[host] = (acknowledged[host] ?? 0) + 1;
      const number = acknowledged[host] ?? 0;
      const next = agents[host]?.batch({ basis: "delta", listeners: [fresh(host, number)] });
      if (next !== undefined) waiting[host] = bytesOf(next);
      if (stop.signal.aborted) return;
    }
  };

  return {
    acknowledged,
    get total() {
      return acknowledged.reduce((sum, count) => sum + count, 0);
    },
    run(deliver) {
      stop = new AbortController();
      running = agents.map((_, host) => lane(host, deliver));
    },
    async stop() {
      stop.abort();
      await Promise.all(running);
    },
  };
}
