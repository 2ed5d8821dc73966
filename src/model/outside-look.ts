import { rangeSet, type RangeSet } from "../base/range-set.ts";
import type { Coverage, CoverageArea } from "./coverage.ts";
import { bindingScope, type Transport } from "./endpoint.ts";
import type { HostIdentity, Look } from "./look.ts";

/** A port as it is known from outside: nobody sees there whose it is. */
export interface OutsidePort {
  readonly transport: Transport;
  readonly port: number;
}

/** What was asked of one address from outside, and what of it is open. */
export interface OutsideLook {
  readonly address: string;
  readonly coverage: Coverage;
  readonly open: readonly OutsidePort[];
}

/** As the intake takes it: whole within its coverage, and without a revision to build on. */
export function outsideLook(
  { address, coverage, open }: OutsideLook,
  { vantage, atMs }: { readonly vantage: string; readonly atMs: number },
): Look {
  return {
    view: "outside",
    vantage,
    basis: "full",
    revision: 0,
    baseRevision: 0,
    startedAtMs: atMs,
    endedAtMs: atMs,
    coverage,
    listeners: open.map((endpoint) => ({
      ...endpoint,
      address,
      interface: null,
      networkNamespace: null,
      scope: bindingScope(address),
      sockets: 1,
      processes: [],
      leaders: [],
      ownerUnknown: null,
    })),
    gone: [],
    limits: [],
  };
}

/** A host of which only an address is known. */
export const hostBehind = (address: string): HostIdentity => ({
  hostname: address,
  machineId: null,
  addresses: [address],
  operatingSystem: null,
});

export function outsideArea(address: string, transport: Transport, ports: RangeSet): CoverageArea {
  return { transport, addresses: [address], ports, networkNamespaces: [null] };
}

/** Exactly these ports of the address, and nothing else. */
export function outsideAreas(address: string, ports: readonly OutsidePort[]): CoverageArea[] {
  return [...Map.groupBy(ports, ({ transport }) => transport)].map(([transport, own]) =>
    outsideArea(address, transport, rangeSet(own.map(({ port }) => ({ first: port, last: port })))),
  );
}
