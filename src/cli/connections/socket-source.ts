import { randomInt } from "node:crypto";
import type { SocketTally } from "../../sources/host/socket-tally.ts";
import { parseSavedOutput } from "../../sources/host/saved-output.ts";
import { censusOfRows, openCensusTaker } from "../../sources/host/socket-census.ts";
import type { CensusQuestion } from "../../sources/host/socket-census.ts";
import { openHolderSearch } from "../../sources/host/socket-holders.ts";
import { isAsked, listSockets } from "../../sources/host/socket-list.ts";
import type { SocketList } from "../../sources/host/socket-list.ts";
import type { RowOwner, SkippedLine, SocketRow } from "../../sources/host/socket-row.ts";

export interface Tallied {
  readonly tally: SocketTally;
  readonly limits: readonly string[];
}

export interface Owned {
  ownersOf(row: SocketRow): readonly RowOwner[];
  readonly limits: readonly string[];
}

/** Where sockets come from: this machine, or saved output of another. */
export interface SocketSource {
  readonly isSaved: boolean;
  tally(question: CensusQuestion): Tallied;
  list(question: CensusQuestion): Promise<SocketList>;
  /** Who holds the sockets of these rows. */
  owners(rows: readonly SocketRow[]): Promise<Owned>;
  readonly skipped: readonly SkippedLine[];
  close(): void;
}

const seeds = 2 ** 32;

export async function thisMachine({ ffi }: { readonly ffi: boolean }): Promise<SocketSource> {
  const taker = await openCensusTaker(randomInt(seeds), { ffi });
  return {
    isSaved: false,
    tally: (question) => taker.take(question),
    list: (question) => listSockets(question, { ffi }),
    async owners(rows) {
      const find = await openHolderSearch({ ffi });
      const { holders, limit } = find(rows.map(({ inode }) => inode ?? 0));
      return {
        ownersOf({ inode }) {
          const process = holders.get(inode ?? 0);
          return process === undefined ? [] : [{ pid: process.pid, name: process.name }];
        },
        limits: limit === null ? [] : [limit],
      };
    },
    skipped: [],
    close: () => taker.close(),
  };
}

/** `text`: output of ss, netstat or /proc/net. */
export function savedSockets(text: string): SocketSource {
  const { rows, skipped } = parseSavedOutput(text);
  return {
    isSaved: true,
    tally: (question) => ({ tally: censusOfRows(rows, question, randomInt(seeds)), limits: [] }),
    list: (question) =>
      Promise.resolve({ rows: rows.filter((row) => isAsked(row, question)), left: 0, limits: [] }),
    owners: () => Promise.resolve({ ownersOf: ({ owners }) => owners, limits: [] }),
    skipped,
    close: () => undefined,
  };
}
