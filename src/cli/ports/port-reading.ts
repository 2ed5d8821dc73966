import { readFile } from "node:fs/promises";
import { PortolanError } from "../../base/errors.ts";
import { showable } from "../../base/text.ts";
import { collect } from "../../sources/host/collect.ts";
import { savedListeners } from "../../sources/host/saved-output.ts";
import { textCharactersMax } from "../../sources/host/socket-row.ts";
import type { SkippedLine } from "../../sources/host/socket-row.ts";
import type { Say } from "../language/language.ts";
import { compareRows, portRow } from "./port-row.ts";
import type { PortRow } from "./port-row.ts";

export interface PortReading {
  readonly rows: readonly PortRow[];
  readonly skipped: readonly SkippedLine[];
  /** What could not be seen, as sentences. */
  readonly limits: readonly string[];
}

export async function readThisMachine(options: {
  readonly ffi: boolean;
  readonly allNamespaces: boolean;
}): Promise<PortReading> {
  const { look } = await collect(options);
  const rows = look.listeners.map((listener) => portRow(listener, options.allNamespaces)).sort(compareRows);
  return { rows, skipped: [], limits: look.limits };
}

/** Saved output of ss, netstat or /proc/net; `-` is stdin. What it does not tell is null. */
export async function readFromText(file: string, say: Say): Promise<PortReading> {
  const { rows, skipped } = savedListeners(await readText(file, say));
  return { rows: rows.map((listener) => portRow(listener, false)).sort(compareRows), skipped, limits: [] };
}

async function readText(file: string, say: Say): Promise<string> {
  try {
    if (file !== "-") return decoded(await readFile(file), file, say);
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > textCharactersMax) throw tooLarge(file, say);
      chunks.push(chunk);
    }
    return decoded(Buffer.concat(chunks), file, say);
  } catch (cause) {
    if (cause instanceof PortolanError) throw cause;
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new PortolanError("invalid", say("ports.cannot-read", { file: showable(file), reason }), { cause });
  }
}

function decoded(bytes: Buffer, file: string, say: Say): string {
  if (bytes.length > textCharactersMax) throw tooLarge(file, say);
  return bytes.toString("utf8");
}

function tooLarge(file: string, say: Say): PortolanError {
  const limit = textCharactersMax / 1024 / 1024;
  return new PortolanError("invalid", say("ports.too-large", { file: showable(file), limit }));
}
