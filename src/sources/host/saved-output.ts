// What: saved output of ss, netstat or /proc/net/*, whichever it is.
// Idea: the first lines are counted by the shape that each tool gives them; the most frequent shape decides.
// Trap: noise stands around it (a login banner, a prompt, warnings), and a text may hold no socket at all.
// Source: the parsers' own preambles.

import { bindingScope, endpointKey } from "../../model/endpoint.ts";
import { fitListener } from "../../model/fit-listener.ts";
import type { Listener } from "../../model/listener.ts";
import type { Process } from "../../model/process.ts";
import { parseNetstat } from "./netstat.ts";
import { parseProcNet } from "./proc-net.ts";
import { isListening } from "./socket-row.ts";
import type { ParsedRows, SkippedLine, SocketRow } from "./socket-row.ts";
import { parseSs } from "./ss.ts";

export type SavedFormat = "ss" | "netstat" | "proc-net" | "unknown";

export interface SavedOutput extends ParsedRows {
  readonly format: SavedFormat;
}

const recogniseCharacters = 256 * 1024;
const shapes: readonly (readonly [SavedFormat, RegExp])[] = [
  ["proc-net", /^\s*(?:\d{1,10}: [0-9A-Fa-f]{8,32}:[0-9A-Fa-f]{4} |sl\s+local_address)/],
  [
    "netstat",
    /^\s*(?:(?:tcp|udp)(?:46|4|6)?\s+\d{1,12}\s+\d{1,12}\s|Proto\s|Active (?:Internet|Connections)|(?:TCP|UDP)\s+\S+[:.])/,
  ],
  [
    "ss",
    /^\s*(?:(?:tcp|udp)\s+[A-Z][A-Z0-9-]{1,12}\s+\d|(?:LISTEN|UNCONN|ESTAB|TIME-WAIT|CLOSE-WAIT|SYN-\w{4}|FIN-WAIT-\d|LAST-ACK|CLOSING)\s+\d|(?:Netid|State|Recv-Q)\s.{0,80}Address:Port|(?:tcp|udp)\s+\d+\s+\d+\s+\S+\s+\S+\s+users:)/,
  ],
];

export function recogniseOutput(text: string): SavedFormat {
  const counts = new Map<SavedFormat, number>();
  for (const line of text.slice(0, recogniseCharacters).split("\n")) {
    const format = shapes.find(([, shape]) => shape.test(line.slice(0, 256)))?.[0];
    if (format !== undefined) counts.set(format, (counts.get(format) ?? 0) + 1);
  }
  const [best] = [...counts].sort(([, a], [, b]) => b - a);
  return best?.[0] ?? "unknown";
}

/** Every socket of the text, and what was not understood. Never throws. */
export function parseSavedOutput(text: string): SavedOutput {
  const format = recogniseOutput(text);
  if (format === "proc-net") return { format, ...parseProcNet(text) };
  if (format === "netstat") return { format, ...parseNetstat(text) };
  // Without any known line ss's parser says of each why not.
  return { format, ...parseSs(text) };
}

export const savedOwnerUnknown = "owner unknown: the saved output names none";

/** The listening rows, one per endpoint, as the collector would give them; facts that no tool prints are null. */
export function listenersOf(rows: readonly SocketRow[]): Listener[] {
  const endpoints = new Map<string, SocketRow[]>();
  for (const row of rows) {
    if (!isListening(row)) continue;
    const key = endpointKey({ ...row, networkNamespace: null });
    const same = endpoints.get(key);
    if (same === undefined) endpoints.set(key, [row]);
    else same.push(row);
  }
  return [...endpoints.values()].map(listenerOf);
}

/** `text` as listeners, for a command that shows saved output instead of this machine. */
export function savedListeners(text: string): {
  readonly format: SavedFormat;
  readonly rows: readonly Listener[];
  readonly skipped: readonly SkippedLine[];
} {
  const { format, rows, skipped } = parseSavedOutput(text);
  return { format, rows: listenersOf(rows), skipped };
}

function listenerOf(rows: SocketRow[]): Listener {
  const [first] = rows as [SocketRow, ...SocketRow[]];
  const byPid = new Map<number, Process>();
  for (const { owners } of rows) {
    for (const { pid, name } of owners) if (!byPid.has(pid)) byPid.set(pid, processOf(pid, name));
  }
  const processes = [...byPid.values()].sort((a, b) => a.pid - b.pid);
  return fitListener({
    transport: first.transport,
    address: first.address,
    port: first.port,
    interface: first.interface,
    networkNamespace: null,
    scope: bindingScope(first.address),
    sockets: rows.length,
    processes,
    leaders: processes.map(({ pid }) => pid),
    ownerUnknown: rows.some(({ owners }) => owners.length === 0) ? savedOwnerUnknown : null,
  });
}

function processOf(pid: number, name: string | null): Process {
  return {
    pid,
    parentPid: null,
    name: name ?? String(pid),
    executablePath: null,
    commandLine: null,
    startTimeMs: null,
    user: null,
    unit: null,
    containerId: null,
  };
}
