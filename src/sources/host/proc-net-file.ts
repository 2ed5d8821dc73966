// What: one of the socket tables in /proc/net, read line by line.
// Idea: in chunks, so that a table of 200,000 connections is never one text, and no further than its reader wants.
// Trap: the kernel fills each read anew from where it remembers that it stood: what changes meanwhile may be met twice.
// Source: proc_net(5), seq_file in fs/seq_file.c.

import { closeSync, openSync, readSync } from "node:fs";
import { readProcNetLine } from "./proc-net.ts";
import type { ProcNetLine } from "./proc-net.ts";

const chunkBytes = 64 * 1024;

/** Reads line by line until the visitor has enough; the error's code when the file could not be read. */
export function scanProcNet(path: string, visit: (line: ProcNetLine) => "on" | "stop"): string | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(path, "r");
    const chunk = Buffer.allocUnsafe(chunkBytes);
    let rest = "";
    for (;;) {
      const length = readSync(fd, chunk, 0, chunkBytes, null);
      const lines = (rest + chunk.toString("latin1", 0, length)).split("\n");
      rest = length === 0 ? "" : (lines.pop() ?? "");
      for (const text of lines) {
        const line = readProcNetLine(text);
        if (line !== undefined && visit(line) === "stop") return undefined;
      }
      if (length === 0) return undefined;
    }
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "unreadable";
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** What is missing where these tables are all there is. */
export const procLimit = "sockets are read from /proc, which shows none that is only bound";

/** Tables that may be missing: a kernel without IPv6 has none for it. */
const optional = /6$/;

/** Visits every socket of the namespace; what could not be read, as sentence fragments. */
export function scanProcNetTables(
  transports: readonly ("tcp" | "udp")[],
  visit: (line: ProcNetLine, transport: "tcp" | "udp") => void,
): string[] {
  const failures: string[] = [];
  for (const transport of transports) {
    for (const name of [transport, `${transport}6`]) {
      const failure = scanProcNet(`/proc/net/${name}`, (line) => {
        visit(line, transport);
        return "on";
      });
      if (failure !== undefined && !(failure === "ENOENT" && optional.test(name)))
        failures.push(`/proc/net/${name}: ${failure}`);
    }
  }
  return failures;
}
