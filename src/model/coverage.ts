import type { Endpoint, Transport } from "./endpoint.ts";

/** From where an endpoint was looked at. */
export const views = ["inside", "outside", "wire"] as const;
export type View = (typeof views)[number];

/** Inclusive. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/**
 * One block of what a look looked at: transport × addresses × ports × network namespaces, each side complete.
 * An empty list covers nothing, never everything.
 */
export interface CoverageArea {
  readonly transport: Transport;
  /** `any` = every address of the host; else exact addresses or CIDR prefixes. */
  readonly addresses: "any" | readonly string[];
  /** Sorted, disjoint. */
  readonly ports: readonly PortRange[];
  /** `any` = all of the host's; else the labels looked into, null = the host's own. */
  readonly networkNamespaces: "any" | readonly (string | null)[];
}

/** What one look at one host looked at. "Not seen" means something only inside it. */
export type Coverage = readonly CoverageArea[];

export const everyPort: readonly PortRange[] = [{ first: 0, last: 65_535 }];

/** Areas kept per host, view and vantage; past it the smallest are forgotten, which can only silence a "new". */
export const coverageAreasMax = 256;

/** Addresses or namespaces kept in one area of the memory; past it the oldest are forgotten. */
export const coverageListMax = 1_024;

export type CoverageTest = (endpoint: Endpoint) => boolean;
