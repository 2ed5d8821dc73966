// What: remembers all that one source ever looked at on one host, and answers whether an endpoint lies in it.
// Idea: two blocks become one only when they differ in a single side, so the memory never claims a corner that no look
//   saw: a wrong claim would invent a "new", a forgotten block can only silence one.
// Trap: an empty list covers nothing; `any` is not a long list but everything.

import { type Cidr, cidrContains, parseCidr } from "../base/cidr.ts";
import { rangesContain, rangesInclude, rangesSize, rangesUnion } from "../base/range-set.ts";
import {
  type Coverage,
  type CoverageArea,
  coverageAreasMax,
  coverageListMax,
  type CoverageTest,
} from "../model/coverage.ts";
import { type Endpoint, transports } from "../model/endpoint.ts";

/** The test "lies in this coverage", made ready once. O(areas of the transport) per endpoint. */
export function covers(coverage: Coverage): CoverageTest {
  const byTransport = new Map(
    transports.map((transport) => [
      transport,
      coverage.filter((area) => area.transport === transport).map(areaTest),
    ]),
  );
  return (endpoint) => byTransport.get(endpoint.transport)?.some((test) => test(endpoint)) ?? false;
}

function areaTest({ addresses, ports, networkNamespaces }: CoverageArea): (endpoint: Endpoint) => boolean {
  const address = addresses === "any" ? undefined : addressTest(addresses);
  const namespaces = networkNamespaces === "any" ? undefined : new Set(networkNamespaces);
  return (endpoint) =>
    rangesContain(ports, endpoint.port) &&
    (namespaces === undefined || namespaces.has(endpoint.networkNamespace)) &&
    (address === undefined || address(endpoint.address));
}

function addressTest(addresses: readonly string[]): (address: string) => boolean {
  const exact = new Set(addresses.filter((address) => !address.includes("/")));
  const blocks = addresses.flatMap((text): Cidr[] => {
    const block = text.includes("/") ? parseCidr(text) : undefined;
    return block && "value" in block ? [block.value] : [];
  });
  return (address) => exact.has(address) || blocks.some((block) => cidrContains(block, address));
}

/** Memory and one more look, joined; the same object when the look adds nothing, so that nothing need be written. */
export function addCoverage(memory: Coverage, coverage: Coverage): Coverage {
  const merged = coverage.reduce(addArea, memory);
  if (merged === memory || merged.length <= coverageAreasMax) return merged;
  return [...merged].sort((a, b) => sizeOf(b) - sizeOf(a)).slice(0, coverageAreasMax);
}

function addArea(areas: Coverage, added: CoverageArea): Coverage {
  if (isEmpty(added) || areas.some((area) => holds(area, added))) return areas;
  for (const area of areas) {
    const joined = join(area, added);
    // The joined block may now hold or touch another one.
    if (joined)
      return addArea(
        areas.filter((other) => other !== area),
        joined,
      );
  }
  return [...areas.filter((area) => !holds(added, area)), added];
}

/** One block for two that differ in at most one side. */
function join(a: CoverageArea, b: CoverageArea): CoverageArea | undefined {
  if (a.transport !== b.transport) return undefined;
  const sameAddresses = sameList(a.addresses, b.addresses);
  const samePorts = rangesInclude(a.ports, b.ports) && rangesInclude(b.ports, a.ports);
  const sameNamespaces = sameList(a.networkNamespaces, b.networkNamespaces);
  if (sameAddresses && sameNamespaces) return { ...a, ports: rangesUnion(a.ports, b.ports) };
  if (samePorts && sameNamespaces) return { ...a, addresses: joinLists(a.addresses, b.addresses) };
  if (samePorts && sameAddresses) {
    return { ...a, networkNamespaces: joinLists(a.networkNamespaces, b.networkNamespaces) };
  }
  return undefined;
}

type List<Item> = "any" | readonly Item[];

/** Whether every endpoint of `inner` lies in `outer`, as far as the lists tell: a block in a wider block is not noticed. */
function holds(outer: CoverageArea, inner: CoverageArea): boolean {
  return (
    outer.transport === inner.transport &&
    holdsList(outer.addresses, inner.addresses) &&
    holdsList(outer.networkNamespaces, inner.networkNamespaces) &&
    rangesInclude(outer.ports, inner.ports)
  );
}

function holdsList<Item>(outer: List<Item>, inner: List<Item>): boolean {
  if (outer === "any" || outer === inner) return true;
  if (inner === "any") return false;
  const items = new Set(outer);
  return inner.every((item) => items.has(item));
}

function sameList<Item>(a: List<Item>, b: List<Item>): boolean {
  return holdsList(a, b) && holdsList(b, a);
}

function joinLists<Item>(a: List<Item>, b: List<Item>): List<Item> {
  return a === "any" || b === "any" ? "any" : [...new Set([...a, ...b])].slice(-coverageListMax);
}

function isEmpty({ addresses, ports, networkNamespaces }: CoverageArea): boolean {
  return addresses.length === 0 || ports.length === 0 || networkNamespaces.length === 0;
}

/** A rank, not a count: `any` outweighs every list, for what it would cost to forget it. */
function sizeOf({ addresses, ports, networkNamespaces }: CoverageArea): number {
  const weight = (list: List<unknown>): number => (list === "any" ? 1_000_000 : list.length);
  return rangesSize(ports) * weight(addresses) * weight(networkNamespaces);
}
