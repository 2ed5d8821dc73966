// What: nmap's XML, and masscan's imitation of it, to what was found.
// Idea: read as a stream; only five elements matter, all else is passed over.
// Trap: foreign files. Entities of their own, endless attributes, depth without end are refused; masscan writes a host
//   once per port and calls IPv6 "ipv4", so hosts are put together by address and the kind is not believed.
// Source: nmap's docs/nmap.dtd (1.05); masscan's src/out-xml.c.

import { SaxesParser } from "saxes";
import { rangeSet, type Range } from "../../base/range-set.ts";
import { parsePortRange } from "../../model/port-range.ts";
import { transports, type Transport } from "../../model/endpoint.ts";
import type { ScanResult, ScannedPort } from "../../model/scan-result.ts";
import {
  badFile,
  extraMax,
  portOf,
  scanCollector,
  stateOf,
  transportOf,
  type MutableHost,
  type PortVisitor,
  type Place,
} from "./scan-collector.ts";

const depthMax = 64;
/** Without an end of any tag in so much text the file is no scan. */
const silenceCharactersMax = 16 * 1024 * 1024;

type Attributes = Readonly<Record<string, string>>;

interface PortDraft {
  readonly transport: Transport;
  readonly port: number;
  state: ScannedPort["state"] | null;
  reason: string | null;
  service: string | null;
}

export interface TextReader {
  write(text: string): void;
  end(): ScanResult;
}

export function scanXmlReader(file: string, visit?: PortVisitor): TextReader {
  const parser = new SaxesParser({ position: true });
  const collector = scanCollector(visit);
  const place = (): Place => ({ file, line: parser.line });
  let depth = 0;
  let silence = 0;
  let root: Attributes | undefined;
  let scanned: Partial<Record<Transport, Range[]>> | undefined;
  let address: string | undefined;
  let names: string[] = [];
  let host: MutableHost | undefined;
  let isTimedOut = false;
  let port: PortDraft | undefined;
  let state: string | null = null;
  let endedAtMs: number | null = null;
  let complete = true;

  const openHost = (): MutableHost => {
    if (address === undefined) throw badFile(place(), "a port stands before the address of its host");
    host ??= collector.host(address, place());
    return host;
  };

  const opened: Readonly<Record<string, (attributes: Attributes) => void>> = {
    nmaprun: (attributes) => {
      if (depth === 1) root = attributes;
    },
    scaninfo: ({ protocol, services }) => {
      const transport = transports.find((name) => name === protocol);
      const ranges = services === undefined ? undefined : rangesOf(services);
      if (transport === undefined || ranges === undefined) return;
      scanned ??= {};
      scanned[transport] = [...(scanned[transport] ?? []), ...ranges];
    },
    host: ({ timedout }) => {
      isTimedOut = timedout === "true";
      address = undefined;
      host = undefined;
      names = [];
    },
    address: ({ addr, addrtype }) => {
      if (addrtype === "mac" || address !== undefined) return;
      address = addr ?? "";
      openHost();
    },
    hostname: ({ name }) => {
      if (name !== undefined && names.length < 64) names.push(name);
    },
    port: ({ protocol, portid }) => {
      openHost();
      port = {
        transport: transportOf(protocol, place()),
        port: portOf(portid, place()),
        state: null,
        reason: null,
        service: null,
      };
    },
    state: ({ state: said, reason }) => {
      if (port === undefined) return;
      port.state = stateOf(said, place());
      port.reason = reason ?? null;
    },
    service: ({ name }) => {
      if (port !== undefined) port.service = name ?? null;
    },
    extraports: ({ state: said }) => (state = said ?? null),
    extrareasons: ({ reason, count, proto }) => {
      const counted = Number(count);
      if (state === null || reason === undefined || !Number.isSafeInteger(counted)) return;
      const { extra } = openHost();
      const transport = transports.find((name) => name === proto);
      const of = transport === undefined ? {} : { transport };
      if (extra.length < extraMax)
        extra.push({ state: stateOf(state, place()), reason, count: counted, ...of });
    },
    finished: ({ time, exit }) => {
      endedAtMs = millisecondsOf(time);
      complete = exit !== "error";
    },
  };
  const closed: Readonly<Record<string, () => void>> = {
    port: () => {
      if (port === undefined) return;
      const { state: known, ...rest } = port;
      port = undefined;
      // masscan's banners say no state: what sent one was open.
      openHost().add({ ...rest, state: known ?? "open" }, place());
    },
    host: () => {
      if (isTimedOut && address !== undefined) openHost().complete = false;
      for (const name of names) host?.hostnames.add(name);
    },
  };

  parser.on("error", (error) => {
    throw badFile(place(), `is not well-formed XML: ${error.message.replace(/^[\d:]+ /, "")}`);
  });
  parser.on("doctype", (doctype) => {
    if (doctype.includes("["))
      throw badFile(place(), "declares entities or elements of its own, which is refused");
  });
  parser.on("opentag", ({ name, attributes }) => {
    depth += 1;
    silence = 0;
    if (depth > depthMax) throw badFile(place(), `elements stand more than ${depthMax} deep`);
    if (depth === 1 && name !== "nmaprun")
      throw badFile(place(), `begins with <${name.slice(0, 32)}>, not with <nmaprun>`);
    if (Object.hasOwn(opened, name)) opened[name]?.(attributes as Attributes);
  });
  parser.on("closetag", ({ name }) => {
    depth -= 1;
    if (Object.hasOwn(closed, name)) closed[name]?.();
  });
  return {
    write(text) {
      silence += text.length;
      parser.write(text);
      if (silence > silenceCharactersMax) throw badFile(place(), "a tag without an end");
    },
    end() {
      parser.close();
      if (root === undefined) throw badFile(place(), "holds no <nmaprun>");
      // Ours says "nmap", as the DTD wants it, and names itself in the version.
      const own = /^portolan (.*)$/s.exec(root["version"] ?? "");
      return {
        scanner: own === null ? (root["scanner"] ?? "nmap") : "portolan",
        version: own?.[1] ?? root["version"] ?? "",
        command: root["args"] ?? "",
        startedAtMs: millisecondsOf(root["start"]),
        endedAtMs,
        complete,
        scanned:
          scanned === undefined
            ? null
            : Object.fromEntries(Object.entries(scanned).map(([name, ranges]) => [name, rangeSet(ranges)])),
        hosts: collector.hosts(),
      };
    },
  };
}

const millisecondsOf = (seconds: string | undefined): number | null =>
  seconds !== undefined && /^\d{1,12}$/.test(seconds) ? Number(seconds) * 1_000 : null;

/** `1-20,80`; undefined when there is anything else, as masscan writes. */
function rangesOf(services: string): Range[] | undefined {
  const ranges: Range[] = [];
  for (const part of services === "" ? [] : services.split(",")) {
    const parsed = parsePortRange(part);
    if (!("value" in parsed)) return undefined;
    ranges.push(parsed.value);
  }
  return ranges;
}
