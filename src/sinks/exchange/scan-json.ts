// What: masscan's JSON, naabu's and our own JSON lines to what was found.
// Idea: all three write one record a line; whether an array is around them does not matter.
// Trap: masscan's last line may be cut, its old versions end with `{finished: 1}`, which is no JSON, and a file of
//   nothing found is empty. A line that is not understood refuses the whole file.
// Source: masscan's src/out-json.c, naabu's pkg/runner/output.go.

import type { Transport } from "../../model/endpoint.ts";
import {
  badFile,
  portOf,
  scanCollector,
  stateOf,
  transportOf,
  type Place,
  type PortVisitor,
  type ScanCollector,
} from "./scan-collector.ts";
import type { TextReader } from "./scan-xml.ts";

const lineCharactersMax = 4 * 1024 * 1024;
const oldEnd = /^\{ *finished: *1 *\}$/;

type Fields = Readonly<Record<string, unknown>>;

export function scanJsonReader(file: string, visit?: PortVisitor): TextReader {
  const collector = scanCollector(visit);
  let rest = "";
  let line = 0;
  let scanner = "masscan";
  let complete = true;
  let isClosed = false;
  let isArray = false;
  const take = (text: string): void => {
    line += 1;
    const place = { file, line };
    const trimmed = text.trim();
    if (trimmed === "" || trimmed === ",") return;
    if (isClosed) throw badFile(place, "goes on behind the end of the list");
    if (trimmed === "[") return void (isArray = true);
    if (trimmed === "]") return void (isClosed = true);
    let record = trimmed;
    if (record.startsWith("[")) {
      isArray = true;
      record = record.slice(1);
    }
    if (record.endsWith("]") && isArray && !record.endsWith("}]}")) {
      isClosed = true;
      record = record.slice(0, -1);
    }
    record = record.trim().replace(/,$/, "");
    if (record === "" || oldEnd.test(record)) return;
    const fields = parse(record, place);
    if (fields["type"] === "summary") complete = fields["complete"] !== false;
    scanner = readRecord(fields, collector, place) ?? scanner;
  };
  return {
    write(text) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      if (rest.length > lineCharactersMax)
        throw badFile({ file, line: line + 1 }, `a line of more than ${lineCharactersMax} characters`);
      for (const each of lines) take(each);
    },
    end() {
      take(rest);
      if (isArray && !isClosed) throw badFile({ file, line }, "ends in the middle of the list: it was cut");
      return {
        scanner,
        version: "",
        command: "",
        startedAtMs: null,
        endedAtMs: null,
        complete,
        scanned: null,
        hosts: collector.hosts(),
      };
    },
  };
}

function parse(text: string, place: Place): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badFile(place, "is not a JSON object on one line");
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw badFile(place, "is not a JSON object");
}

/** Whose record it is; undefined for those that say nothing of a port. */
function readRecord(fields: Fields, collector: ScanCollector, place: Place): string | undefined {
  if (typeof fields["type"] === "string") return readOwn(fields, collector, place);
  if (Array.isArray(fields["ports"]))
    return readMasscan(fields, fields["ports"] as unknown[], collector, place);
  if (typeof fields["rec_type"] === "string") return readMasscanLine(fields, collector, place);
  if ("port" in fields) return readNaabu(fields, collector, place);
  throw badFile(place, "is no record of masscan, naabu or portolan");
}

function readOwn(fields: Fields, collector: ScanCollector, place: Place): string {
  const { type, address, transport, port, state, reason } = fields;
  // What was found of it before means nothing.
  if (type === "answers-everywhere") collector.forget(address, place);
  if (type === "host") collector.host(address, place).complete = fields["complete"] !== false;
  if (type !== "endpoint") return "portolan";
  collector.host(address, place).add(
    {
      transport: transportOf(transport, place),
      port: portOf(port, place),
      state: stateOf(state, place),
      reason: typeof reason === "string" ? reason : null,
      service: null,
    },
    place,
  );
  return "portolan";
}

function readMasscan(
  fields: Fields,
  ports: readonly unknown[],
  collector: ScanCollector,
  place: Place,
): string {
  const host = collector.host(fields["ip"], place);
  for (const each of ports) {
    if (typeof each !== "object" || each === null) throw badFile(place, "has a port that is no object");
    const { port, proto, status, reason, service } = each as Fields;
    const named = service as Fields | undefined;
    host.add(
      {
        transport: transportOf(proto, place),
        port: portOf(port, place),
        state: status === undefined ? "open" : stateOf(status, place),
        reason: typeof reason === "string" ? reason : null,
        service: typeof named?.["name"] === "string" ? named["name"] : null,
      },
      place,
    );
  }
  return "masscan";
}

/** A record of `-oD`: every one stands by itself. */
function readMasscanLine(fields: Fields, collector: ScanCollector, place: Place): string {
  const { ip, port, proto, data } = fields;
  const { status, reason } = (typeof data === "object" && data !== null ? data : {}) as Fields;
  return readMasscan({ ip }, [{ port, proto, status, reason }], collector, place);
}

function readNaabu(fields: Fields, collector: ScanCollector, place: Place): string {
  const { ip, host: name, port, protocol, name: service } = fields;
  const host = collector.host(ip ?? name, place);
  if (typeof name === "string" && name !== ip) host.hostnames.add(name);
  const transport: Transport = protocol === undefined ? "tcp" : transportOf(protocol, place);
  host.add(
    {
      transport,
      port: portOf(port, place),
      state: "open",
      reason: null,
      service: typeof service === "string" ? service : null,
    },
    place,
  );
  return "naabu";
}
