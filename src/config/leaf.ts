import { z } from "zod";
import { canonicalAddress, joinHostPort } from "../base/ip.ts";
import { parseCidr } from "../base/cidr.ts";
import { formatDuration, parseDuration } from "../base/duration.ts";
import type { Parsed } from "../base/parsed.ts";
import { hasUnsafeCharacters } from "../base/text.ts";
import { reads } from "../model/rule-schema.ts";
import type { PortRange } from "../model/coverage.ts";
import { parsePortRange, portMax } from "../model/port-range.ts";

/** What a key is about, for the config page and the editor. */
export interface About {
  readonly description: string;
  readonly zh: string;
}

const textCharactersMax = 4_096;

export const safeText = z
  .string()
  .min(1, "is empty")
  .max(textCharactersMax, `is longer than ${textCharactersMax} characters`)
  .refine((text) => !hasUnsafeCharacters(text), "has control characters");

/** A duration between two others, in milliseconds once read. */
export function duration(givenMs: number, least: string, most: string, about: About) {
  const [min, max] = [least, most].map((text) => readOrThrow(parseDuration(text)));
  const allowed = `duration from ${least} to ${most}`;
  const within = (text: string): Parsed<number> => {
    const parsed = parseDuration(text);
    if ("problem" in parsed || (parsed.value >= (min ?? 0) && parsed.value <= (max ?? 0))) return parsed;
    return { problem: `is ${formatDuration(parsed.value)}, allowed is ${least} to ${most}`, at: 0 };
  };
  return z
    .string()
    .transform(reads(within))
    .prefault(formatDuration(givenMs))
    .meta({ ...about, allowed });
}

function readOrThrow<Value>(parsed: Parsed<Value>): Value {
  if ("value" in parsed) return parsed.value;
  throw new Error(parsed.problem);
}

export function count(given: number, min: number, max: number, about: About) {
  return z
    .int()
    .min(min, `is less than ${min}`)
    .max(max, `is more than ${max}`)
    .prefault(given)
    .meta({ ...about, allowed: `${min} to ${max}` });
}

export function choice<const Words extends readonly [string, ...string[]]>(
  words: Words,
  given: Words[number],
  about: About,
) {
  return z
    .enum(words)
    .prefault(given)
    .meta({ ...about, allowed: words.join(", ") });
}

/** `127.0.0.1:7317`, `[::1]:7317`, `localhost:7317`; canonical once read. */
export function parseListenText(text: string): Parsed<string> {
  const match = /^(?:\[([^\]]*)\]|([^:]*)):(.*)$/s.exec(text);
  if (!match) return { problem: "is no address:port like 127.0.0.1:7317 or [::1]:7317", at: 0 };
  const given = match[1] ?? match[2] ?? "";
  const address = given === "localhost" ? "127.0.0.1" : canonicalAddress(given);
  if (address === undefined || address.includes(":") !== (match[1] !== undefined)) {
    return { problem: "needs an IP address before the port, IPv6 in [ ]", at: 0 };
  }
  const port = match[3] ?? "";
  if (!/^(?:0|[1-9]\d{0,4})$/.test(port) || Number(port) > portMax) {
    return { problem: `needs a port from 0 to ${portMax}`, at: text.length - port.length };
  }
  return { value: joinHostPort(address, port) };
}

/** `443`, `8000-8100` or `all`. */
export function parseMetricPorts(text: string): Parsed<PortRange> {
  return text === "all" ? { value: { first: 0, last: portMax } } : parsePortRange(text);
}

/** Where Zabbix's trapper listens, unless told otherwise. */
const trapperPort = 10_051;
const hostNamePattern =
  /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?)*$/i;

/** `zabbix.example.org`, `192.0.2.10:10051`, `[2001:db8::10]`; with its port once read. */
export function parseTrapperText(text: string): Parsed<string> {
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(.*))?$/s.exec(text);
  if (!match) return { problem: "is no name or address like zabbix.example.org:10051, IPv6 in [ ]", at: 0 };
  const [, inBrackets, plain = "", portText] = match;
  const address = canonicalAddress(inBrackets ?? plain);
  if (address === undefined && (inBrackets !== undefined || !hostNamePattern.test(plain)))
    return { problem: "begins with neither a host name nor an IP address", at: 0 };
  const port = portText === undefined ? trapperPort : Number(/^[1-9]\d{0,4}$/.exec(portText)?.[0]);
  if (!(port <= portMax))
    return { problem: `needs a port from 1 to ${portMax}`, at: text.length - (portText ?? "").length };
  return { value: joinHostPort(address ?? plain, port) };
}

/** `https://portolan.example.org`, with a path if there is one, without the last `/`. */
export function parsePublicUrl(text: string): Parsed<string> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:\/\/[^/]/.test(text)) return { problem: "is no http:// or https:// address", at: 0 };
  if (url.username !== "" || url.password !== "") return { problem: "must hold no user or password", at: 0 };
  if (url.search !== "" || url.hash !== "")
    return { problem: "must end with the path, without ? or #", at: 0 };
  return { value: url.href.replace(/\/+$/, "") };
}

/** The shortest prefix of IPv6 that can be scanned: 65,536 addresses. Nobody sweeps a /64. */
const scannedPrefixMin = 112;

/** What may stand in a scope: of IPv6 no more than a scan can take. */
export function parseScopeEntry(text: string): Parsed<string> {
  const parsed = parseAddressOrPrefix(text);
  const prefix =
    "value" in parsed && parsed.value.includes(":") ? /\/(\d+)$/.exec(parsed.value)?.[1] : undefined;
  if (prefix === undefined || Number(prefix) >= scannedPrefixMin) return parsed;
  return {
    problem: `holds too many addresses to scan: an IPv6 prefix may be a /${scannedPrefixMin} or longer`,
    at: text.indexOf("/") + 1,
  };
}

/** An address or a block, in its canonical spelling. */
export function parseAddressOrPrefix(text: string): Parsed<string> {
  const address = canonicalAddress(text);
  if (address !== undefined) return { value: address };
  const block = parseCidr(text);
  return "value" in block ? { value: block.value.text } : { problem: "is no IP address or prefix", at: 0 };
}
