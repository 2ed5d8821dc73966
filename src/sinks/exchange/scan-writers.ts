// What: what a scan found, in the formats that other tools read.
// Idea: one writer per format, each a list of lines, so that output of any length is written as it is made.
// Trap: nmap's DTD knows no scanner but nmap, so who really scanned stands in the version. Its readers stumble over a host without <hostnames>, so it stands there, empty or not; text is
//   escaped and holds no character that XML 1.0 forbids.
// Source: nmap's docs/nmap.dtd (1.05) and man page, "Grepable output"; masscan's src/out-json.c.

import { formatPortRange } from "../../model/port-range.ts";
import type { ScannedHost, ScannedPort, ScanResult } from "../../model/scan-result.ts";
import { rangesSize, type RangeSet } from "../../base/range-set.ts";

export type ScanWriter = (result: ScanResult) => Iterable<string>;

const secondsOf = (ms: number | null): number => Math.floor((ms ?? 0) / 1_000);
const servicesOf = (ports: RangeSet): string => ports.map(formatPortRange).join(",");
const kindOf = (address: string): "ipv4" | "ipv6" => (address.includes(":") ? "ipv6" : "ipv4");

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
/** For an attribute in double quotes. */
const escaped = (text: string): string =>
  text
    .replace(/[&<>"]/g, (character) => entities[character] ?? "")
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/gu, "\ufffd")
    .replace(/[\t\n\r]/g, " ");

function* nmapXml(result: ScanResult): Iterable<string> {
  const { scanner, version, command, startedAtMs, endedAtMs, scanned, hosts } = result;
  const [start, end] = [secondsOf(startedAtMs), secondsOf(endedAtMs)];
  const scannerVersion = scanner === "nmap" ? version : `${scanner} ${version}`;
  const dateOf = (ms: number | null): string => escaped(new Date(ms ?? 0).toUTCString());
  yield '<?xml version="1.0" encoding="UTF-8"?>';
  yield "<!DOCTYPE nmaprun>";
  yield `<nmaprun scanner="nmap" args="${escaped(command)}" start="${start}" startstr="${dateOf(startedAtMs)}" version="${escaped(scannerVersion)}" xmloutputversion="1.05">`;
  for (const [protocol, ports] of Object.entries(scanned ?? {})) {
    yield `<scaninfo type="${protocol === "udp" ? "udp" : "syn"}" protocol="${protocol}" numservices="${rangesSize(ports)}" services="${servicesOf(ports)}"/>`;
  }
  yield '<verbose level="0"/>';
  yield '<debugging level="0"/>';
  for (const host of hosts) yield* nmapHost(host, start, end);
  const elapsed = ((endedAtMs ?? 0) - (startedAtMs ?? 0)) / 1_000;
  yield `<runstats><finished time="${end}" timestr="${dateOf(endedAtMs)}" elapsed="${elapsed.toFixed(2)}" exit="${result.complete ? "success" : "error"}"/><hosts up="${hosts.length}" down="0" total="${hosts.length}"/></runstats>`;
  yield "</nmaprun>";
}

function* nmapHost(host: ScannedHost, start: number, end: number): Iterable<string> {
  const { address, hostnames, ports, extra, complete } = host;
  const timedOut = complete ? "" : ' timedout="true"';
  yield `<host starttime="${start}" endtime="${end}"${timedOut}><status state="up" reason="user-set" reason_ttl="0"/>`;
  yield `<address addr="${address}" addrtype="${kindOf(address)}"/>`;
  yield "<hostnames>";
  for (const name of hostnames) yield `<hostname name="${escaped(name)}" type="user"/>`;
  yield "</hostnames>";
  yield "<ports>";
  for (const [state, reasons] of Map.groupBy(extra, (each) => each.state)) {
    yield `<extraports state="${state}" count="${reasons.reduce((sum, { count }) => sum + count, 0)}">`;
    for (const { reason, count, transport } of reasons) {
      const of = transport === undefined ? "" : ` proto="${transport}"`;
      yield `<extrareasons reason="${escaped(reason)}" count="${count}"${of}/>`;
    }
    yield "</extraports>";
  }
  for (const port of ports) yield nmapPort(port);
  yield "</ports>";
  yield "</host>";
}

function nmapPort({ transport, port, state, reason, service }: ScannedPort): string {
  const named = service === null ? "" : `<service name="${escaped(service)}" method="table" conf="3"/>`;
  return `<port protocol="${transport}" portid="${port}"><state state="${state}" reason="${escaped(reason ?? "unknown-response")}" reason_ttl="0"/>${named}</port>`;
}

/** A slash or a line break inside a name would be read as the end of a field. */
const field = (text: string): string => text.replace(/[\s/,|]+/g, " ").trim();

function* grepable({ scanner, version, command, endedAtMs, hosts }: ScanResult): Iterable<string> {
  yield `# ${field(scanner)} ${field(version)} scan as: ${command.replace(/\s+/g, " ")}`;
  for (const { address, hostnames, ports, extra } of hosts) {
    const head = `Host: ${address} (${field(hostnames[0] ?? "")})`;
    yield `${head}\tStatus: Up`;
    if (ports.length === 0) continue;
    const list = ports.map(
      ({ port, state, transport, service }) => `${port}/${state}/${transport}//${field(service ?? "")}///`,
    );
    const ignored = extra.reduce<ScannedHost["extra"][number] | undefined>(
      (most, each) => (most === undefined || each.count > most.count ? each : most),
      undefined,
    );
    const tail = ignored === undefined ? "" : `\tIgnored State: ${ignored.state} (${ignored.count})`;
    yield `${head}\tPorts: ${list.join(", ")}${tail}`;
  }
  yield `# done at ${new Date(endedAtMs ?? 0).toUTCString()}; ${hosts.length} hosts up`;
}

/** One record per port; the time is text, as masscan writes it. */
function* masscanJson({ endedAtMs, hosts }: ScanResult): Iterable<string> {
  const records = hosts.flatMap(({ address, ports }) => ports.map((port) => ({ address, port })));
  if (records.length === 0) return;
  yield "[";
  for (const [index, { address, port }] of records.entries()) {
    const { port: number, transport, state, reason } = port;
    const ports = [{ port: number, proto: transport, status: state, reason: reason ?? "", ttl: 0 }];
    const comma = index === records.length - 1 ? "" : ",";
    yield `${JSON.stringify({ ip: address, timestamp: String(secondsOf(endedAtMs)), ports })}${comma}`;
  }
  yield "]";
}

/** By the name under which it is asked for. */
export const scanWriters = {
  "nmap-xml": nmapXml,
  grepable,
  "masscan-json": masscanJson,
} as const satisfies Readonly<Record<string, ScanWriter>>;
export type ScanFormat = keyof typeof scanWriters;
