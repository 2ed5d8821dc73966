import type { Database } from "better-sqlite3";

/** The searchable texts of all ports, kept in memory beside one connection that reads. */
export interface SearchTexts {
  /**
   * Numbers of the ports whose folded text holds this one, as the connection's transaction sees them. null: the texts
   * are too many bytes to be kept, so the database has to search.
   */
  holding(text: string): readonly number[] | null;
}

/** Of all texts together, about a million ports. Once past it, none are kept until the next start. */
export const searchTextsBytesMax = 128 * 1024 * 1024;

/** Ports whose numbers lie side by side: when one changes, all of its block are read anew. */
const blockNumbers = 128;

interface Block {
  readonly numbers: readonly number[];
  /** Where each text ends among the bytes. */
  readonly ends: readonly number[];
  readonly bytes: Buffer;
}

type TextRow = readonly [number: number, text: string];

const keyOf = (number: number): number => Math.floor(number / blockNumbers);

/**
 * Walking the table costs three times as much as searching the same bytes in memory, because every commit of the writer
 * empties SQLite's cache. What to read anew is known without walking it: a new port has a number above all others, and
 * `search_changes` names those whose text changed or went.
 */
export function searchTexts(db: Database, bytesMax = searchTextsBytesMax): SearchTexts {
  const newestText = db.prepare<[], number>("select coalesce(max(belief), 0) from search").pluck();
  const lastChange = db.prepare<[], number>("select coalesce(max(number), 0) from search_changes").pluck();
  const changedAfter = db
    .prepare<[number], number>("select belief from search_changes where number > ?")
    .pluck();
  const textsBetween = db
    .prepare<[number, number], TextRow>(
      "select belief, folded from search where belief between ? and ? order by belief",
    )
    .raw();
  const blocks = new Map<number, Block>();
  let bytes = 0;
  let seen = { newest: 0, change: 0 };
  let tooMany = false;

  function read(key: number): void {
    const first = key * blockNumbers;
    const rows = textsBetween.all(first, first + blockNumbers - 1);
    const block = blockOf(rows);
    bytes += block.bytes.length - (blocks.get(key)?.bytes.length ?? 0);
    if (rows.length === 0) blocks.delete(key);
    else blocks.set(key, block);
  }

  /** The last that was there all along: a number above it may have been given again. */
  function lastUntouched(changed: ReadonlySet<number>): number {
    for (let key = keyOf(seen.newest); key >= 0; key -= 1) {
      const number = blocks.get(key)?.numbers.findLast((one) => !changed.has(one));
      if (number !== undefined) return number;
    }
    return 0;
  }

  function forget(): void {
    blocks.clear();
    bytes = 0;
    seen = { newest: 0, change: 0 };
  }

  /** Keys of the blocks that are no longer what the database says. */
  function outdated(now: typeof seen): ReadonlySet<number> {
    const changed = now.change === seen.change ? [] : changedAfter.all(seen.change);
    // Older changes are not kept: whoever missed one reads everything.
    if (changed.length < now.change - seen.change) forget();
    const from = lastUntouched(new Set(changed));
    const keys = new Set(changed.map(keyOf));
    if (from < now.newest) {
      for (let key = keyOf(from); key <= keyOf(now.newest); key += 1) keys.add(key);
    }
    return keys;
  }

  /** Steps to what the transaction sees. */
  function follow(): void {
    const now = { newest: newestText.get() ?? 0, change: lastChange.get() ?? 0 };
    if (now.newest === seen.newest && now.change === seen.change) return;
    for (const key of outdated(now)) {
      read(key);
      if (bytes > bytesMax) {
        tooMany = true;
        return forget();
      }
    }
    seen = now;
  }

  return {
    holding(text) {
      if (tooMany) return null;
      try {
        follow();
      } catch (error) {
        // Half of a step is no state to go on from.
        forget();
        throw error;
      }
      if (tooMany) return null;
      const wanted = Buffer.from(text);
      const found: number[] = [];
      for (const block of blocks.values()) search(block, wanted, found);
      return found;
    },
  };
}

function blockOf(rows: readonly TextRow[]): Block {
  let end = 0;
  return {
    numbers: rows.map(([number]) => number),
    ends: rows.map(([, text]) => (end += Buffer.byteLength(text))),
    bytes: Buffer.from(rows.map(([, text]) => text).join("")),
  };
}

/** Adds the numbers of the texts that hold the bytes; what begins in one and ends in the next is in neither. */
function search({ numbers, ends, bytes }: Block, wanted: Buffer, found: number[]): void {
  let row = 0;
  let at = bytes.indexOf(wanted);
  while (at !== -1 && at < bytes.length) {
    while ((ends[row] ?? Infinity) <= at) row += 1;
    const end = ends[row] ?? bytes.length;
    const number = numbers[row];
    const whole = at + wanted.length <= end;
    if (whole && number !== undefined) found.push(number);
    at = bytes.indexOf(wanted, whole ? end : at + 1);
  }
}
