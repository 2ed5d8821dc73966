import type { ScanPlanOrder } from "../../api/shapes.ts";

/** A SYN with MSS behind an Ethernet header. */
const frameBytes = { ipv4: 58, ipv6: 78 } as const;
const bitsOf: Readonly<Record<string, number>> = { bit: 1, kbit: 1e3, mbit: 1e6, gbit: 1e9 };
const portMax = 65_535;
/** The server takes no larger IPv6 prefix than one of so many bits. */
const ipv6PrefixMin = 112;

/** What one pass takes; null: cannot be told from here. */
export interface PlanEstimate {
  readonly addresses: number | null;
  readonly ports: number | null;
  readonly packets: number | null;
  readonly bytes: number | null;
  /** At the bandwidth that is given. */
  readonly seconds: number | null;
}

type Asked = Pick<ScanPlanOrder, "targets" | "exclude" | "ports" | "excludePorts" | "bandwidth">;

/** Reckoned here, so that it follows every key; what the server refuses is left to it. */
export function planEstimate(
  { targets, exclude, ports: wanted, excludePorts, bandwidth }: Asked,
  excludedAnyway: readonly string[],
): PlanEstimate {
  const hosts = addressCount(targets, [...exclude, ...excludedAnyway]);
  const ports = portCount(wanted, excludePorts ?? "");
  const addresses = hosts === null ? null : hosts.ipv4 + hosts.ipv6;
  const known = hosts !== null && ports !== null;
  const bytes = known ? ports * (hosts.ipv4 * frameBytes.ipv4 + hosts.ipv6 * frameBytes.ipv6) : null;
  const bits = bandwidth === null ? null : bitsPerSecond(bandwidth);
  return {
    addresses,
    ports,
    packets: addresses === null || ports === null ? null : addresses * ports,
    bytes,
    seconds: bytes === null || bits === null ? null : (bytes * 8) / bits,
  };
}

/** `1mbit` to 1,000,000. */
export function bitsPerSecond(text: string): number | null {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)([a-z]+)$/i.exec(text) ?? [];
  const bits = Number(digits) * (bitsOf[unit.toLowerCase()] ?? Number.NaN);
  return bits > 0 ? bits : null;
}

type Span = readonly [first: number, last: number];

function portCount(wanted: string, excluded: string): number | null {
  const read = (text: string): Span[] | null => {
    if (text === "-") return [[1, portMax]];
    const spans = text
      .split(",")
      .filter((part) => part !== "")
      .map((part): Span | null => {
        const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part) ?? [];
        return first !== undefined && Number(last) <= portMax ? [Number(first), Number(last)] : null;
      });
    return spans.includes(null) ? null : (spans as Span[]);
  };
  const [take, leave] = [read(wanted), read(excluded)];
  return take === null || leave === null ? null : sizeWithout(take, leave);
}

interface AddressCount {
  readonly ipv4: number;
  readonly ipv6: number;
}

function addressCount(targets: readonly string[], excluded: readonly string[]): AddressCount | null {
  const [take, leave] = [targets.map(readTarget), excluded.map(readTarget)];
  const spans: Span[] = [];
  const holes: Span[] = [];
  const ipv6 = new Map<string, number>();
  for (const target of take) {
    if (target === null) return null;
    if ("span" in target) spans.push(target.span);
    else ipv6.set(target.name, target.count);
  }
  for (const target of leave) {
    if (target === null) return null;
    if ("span" in target) holes.push(target.span);
    // Which addresses of a prefix it takes away is not worth an algebra of 128 bits here.
    else if (ipv6.size > 0) return null;
  }
  return { ipv4: sizeWithout(spans, holes), ipv6: [...ipv6.values()].reduce((sum, each) => sum + each, 0) };
}

/** null: a label, or nothing that is understood. */
function readTarget(text: string): { span: Span } | { name: string; count: number } | null {
  const [address = "", prefixText] = text.split("/");
  const prefix = prefixText === undefined ? undefined : Number(prefixText);
  const number = ipv4Number(address);
  if (number !== null) {
    const bits = prefix ?? 32;
    if (!(bits >= 0 && bits <= 32)) return null;
    const size = 2 ** (32 - bits);
    const first = number - (number % size);
    return { span: [first, first + size - 1] };
  }
  if (address.includes("-") && prefix === undefined) return ipv4Range(address);
  const url = address.includes(":") && URL.canParse(`http://[${address}]/`);
  if (!url || !((prefix ?? 128) >= ipv6PrefixMin && (prefix ?? 128) <= 128)) return null;
  return {
    name: `${new URL(`http://[${address}]/`).hostname}/${prefix ?? 128}`,
    count: 2 ** (128 - (prefix ?? 128)),
  };
}

/** `192.0.2.1-192.0.2.9` or `192.0.2.1-9`. */
function ipv4Range(text: string): { span: Span } | null {
  const [from = "", to = ""] = text.split("-");
  const first = ipv4Number(from);
  const last = ipv4Number(/^\d+$/.test(to) ? from.replace(/\d+$/, to) : to);
  return first === null || last === null || last < first ? null : { span: [first, last] };
}

function ipv4Number(text: string): number | null {
  if (!/^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/.test(text)) return null;
  return text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** How many numbers lie in one of `take` and in none of `leave`, each counted once. O(n log n). */
function sizeWithout(take: readonly Span[], leave: readonly Span[]): number {
  const edges = [
    ...take.flatMap(([first, last]) => [
      { at: first, taken: 1, left: 0 },
      { at: last + 1, taken: -1, left: 0 },
    ]),
    ...leave.flatMap(([first, last]) => [
      { at: first, taken: 0, left: 1 },
      { at: last + 1, taken: 0, left: -1 },
    ]),
  ].sort((a, b) => a.at - b.at);
  let [size, from, taken, left] = [0, 0, 0, 0];
  for (const edge of edges) {
    if (taken > 0 && left === 0) size += edge.at - from;
    from = edge.at;
    taken += edge.taken;
    left += edge.left;
  }
  return size;
}
