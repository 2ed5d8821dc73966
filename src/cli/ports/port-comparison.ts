import { readFileSync } from "node:fs";
import { PortolanError } from "../../base/errors.ts";
import { showable } from "../../base/text.ts";
import type { Say } from "../language/language.ts";
import { rowKey, rowOwner } from "./port-row.ts";
import type { PortRow } from "./port-row.ts";

export interface PortComparison {
  readonly added: readonly PortRow[];
  readonly removed: readonly PortRow[];
  readonly changed: readonly { readonly before: PortRow; readonly after: PortRow }[];
}

/** Unknown owners never make a change: rights differ from run to run. */
export function comparePorts(before: readonly PortRow[], after: readonly PortRow[]): PortComparison {
  const old = new Map(before.map((row) => [rowKey(row), row]));
  const now = new Map(after.map((row) => [rowKey(row), row]));
  return {
    added: after.filter((row) => !old.has(rowKey(row))),
    removed: before.filter((row) => !now.has(rowKey(row))),
    changed: after.flatMap((row) => {
      const was = old.get(rowKey(row));
      const both = was !== undefined && was.processes.length > 0 && row.processes.length > 0;
      return both && rowOwner(was) !== rowOwner(row) ? [{ before: was, after: row }] : [];
    }),
  };
}

export function isEmptyComparison({ added, removed, changed }: PortComparison): boolean {
  return added.length + removed.length + changed.length === 0;
}

/** The rows of an earlier `portolan ports --json`. */
export function readSavedRows(file: string, say: Say): readonly PortRow[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new PortolanError("invalid", say("ports.cannot-read", { file: showable(file), reason }), { cause });
  }
  try {
    const { rows } = JSON.parse(text) as { readonly rows?: unknown };
    if (Array.isArray(rows) && rows.every(isRow)) return rows;
  } catch {
    // Told below.
  }
  throw new PortolanError("invalid", say("ports.bad-compare", { file: showable(file) }));
}

function isRow(row: unknown): row is PortRow {
  if (typeof row !== "object" || row === null) return false;
  const { transport, address, port, processes } = row as Partial<Record<keyof PortRow, unknown>>;
  return (
    typeof transport === "string" &&
    typeof address === "string" &&
    typeof port === "number" &&
    Array.isArray(processes) &&
    processes.every((process) => typeof (process as { readonly name?: unknown } | null)?.name === "string")
  );
}
