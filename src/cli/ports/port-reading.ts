import { collect } from "../../sources/host/collect.ts";
import { savedListeners } from "../../sources/host/saved-output.ts";
import type { SkippedLine } from "../../sources/host/socket-row.ts";
import type { Say } from "../language/language.ts";
import { readSavedText } from "../saved-text.ts";
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
  const { rows, skipped } = savedListeners(await readSavedText(file, say));
  return { rows: rows.map((listener) => portRow(listener, false)).sort(compareRows), skipped, limits: [] };
}
