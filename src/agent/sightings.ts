import type { Clock } from "../base/clock.ts";
import type { Transport } from "../model/endpoint.ts";
import { outsideAreas, type OutsideLook } from "../model/outside-look.ts";
import type { Finding } from "../sources/scan/scan.ts";

/** A finding waits so long before it is told: whoever answers on every port is found out meanwhile. */
export const heldMs = 3_000;

/** What a scan has found so far, by address. */
export interface Sightings {
  found(finding: Finding): void;
  everywhere(address: string): void;
  isEverywhere(address: string): boolean;
  /** Findings that have waited long enough, each told once. */
  due(): OutsideLook[];
  /** Every address where something was found, without those that answer on every port. */
  addresses(): string[];
  openAt(address: string): OutsideLook["open"];
}

interface Held {
  readonly transport: Transport;
  readonly port: number;
  readonly foundMs: number;
  told: boolean;
}

export function createSightings(clock: Clock): Sightings {
  const byAddress = new Map<string, Held[]>();
  const everywhere = new Set<string>();
  let untold = new Set<string>();
  return {
    found({ address, transport, port, state }) {
      if (state !== "open" || everywhere.has(address)) return;
      const held = byAddress.get(address) ?? [];
      held.push({ transport, port, foundMs: clock.monotonicMs(), told: false });
      byAddress.set(address, held);
      untold.add(address);
    },
    everywhere(address) {
      everywhere.add(address);
      byAddress.delete(address);
      untold.delete(address);
    },
    isEverywhere: (address) => everywhere.has(address),
    due() {
      const nowMs = clock.monotonicMs();
      const looks: OutsideLook[] = [];
      const waiting = new Set<string>();
      for (const address of untold) {
        const fresh = (byAddress.get(address) ?? []).filter(({ told }) => !told);
        const ripe = fresh.filter(({ foundMs }) => nowMs - foundMs >= heldMs);
        for (const held of ripe) held.told = true;
        if (ripe.length < fresh.length) waiting.add(address);
        if (ripe.length > 0)
          looks.push({ address, coverage: outsideAreas(address, ripe), open: ripe.map(endpointOf) });
      }
      untold = waiting;
      return looks;
    },
    addresses: () => [...byAddress.keys()],
    openAt: (address) => (byAddress.get(address) ?? []).map(endpointOf),
  };
}

const endpointOf = ({ transport, port }: Held): OutsideLook["open"][number] => ({ transport, port });
