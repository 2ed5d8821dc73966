// What: the TCP and UDP sockets of the network namespace that we run in, one row each.
// Idea: the rows that parsers of saved output make, so that whoever shows them need not know where they come from.
// Trap: a row is an object and a million of them is a gigabyte: no more than `listedMax` are made, the rest is counted.
// Source: sock_diag(7); socket-census.ts, which counts without rows.

import { rangesContain } from "../../base/range-set.ts";
import { emptyDiagSocket, readInetDiag } from "../link/inet-diag.ts";
import type { DiagSocket } from "../link/inet-diag.ts";
import { everyTcpState, tryOpenSocketDump } from "../link/socket-dump.ts";
import type { SocketVisitor } from "../link/socket-dump.ts";
import { addressText } from "./address.ts";
import { procLimit, scanProcNetTables } from "./proc-net-file.ts";
import { procNetRow } from "./proc-net.ts";
import type { CensusQuestion } from "./socket-census.ts";
import { kernelRow } from "./socket-row.ts";
import type { SocketRow } from "./socket-row.ts";
import { stateBits } from "./state-bits.ts";
import { tcpStateByNumber } from "./tcp-state-names.ts";

export const listedMax = 250_000;

export interface SocketList {
  readonly rows: readonly SocketRow[];
  /** Sockets that were asked for and stand in no row. */
  readonly left: number;
  readonly limits: readonly string[];
}

interface ListOptions {
  /** False: /proc alone. */
  readonly ffi?: boolean;
  /** Of those that are asked for, only these. */
  readonly isWanted?: (row: SocketRow) => boolean;
  readonly rowsMax?: number;
}

/** Never fails: `limits` say what is missing. */
export async function listSockets(question: CensusQuestion, options: ListOptions = {}): Promise<SocketList> {
  const { ffi = true, isWanted = () => true, rowsMax = listedMax } = options;
  const found = new Found((row) => isAsked(row, question) && isWanted(row), rowsMax);
  const dump = ffi ? await tryOpenSocketDump() : { unavailable: "FFI is switched off" };
  let reason = "unavailable" in dump ? dump.unavailable : "";
  if (!("unavailable" in dump)) {
    const socket = emptyDiagSocket();
    const take =
      (transport: "tcp" | "udp"): SocketVisitor =>
      (bytes, start, end) => {
        if (readInetDiag(bytes, start, end, socket)) found.add(rowOfDiag(socket, transport));
      };
    const clear = (): void => found.clear();
    const bits = question.states === null ? everyTcpState : stateBits(question.states);
    let failure = question.udp ? dump.udp(take("udp"), clear) : 0;
    const ofUdp = found.count;
    if (failure === 0) failure = dump.tcp(bits, question.ports, take("tcp"), () => found.cut(ofUdp));
    dump.close();
    if (failure === 0) return found.list([]);
    reason = `sock_diag ended with errno ${failure}`;
  }
  found.clear();
  return found.list([`${procLimit}: ${reason}`, ...listByProc(found, question)]);
}

/** Rows that are asked for, within the bound. */
class Found {
  readonly #isWanted: (row: SocketRow) => boolean;
  readonly #rowsMax: number;
  #rows: SocketRow[] = [];
  #left = 0;

  constructor(isWanted: (row: SocketRow) => boolean, rowsMax: number) {
    this.#isWanted = isWanted;
    this.#rowsMax = rowsMax;
  }

  get count(): number {
    return this.#rows.length;
  }

  clear(): void {
    this.cut(0);
  }

  cut(count: number): void {
    this.#rows.length = Math.min(this.#rows.length, count);
    this.#left = 0;
  }

  add(row: SocketRow | undefined): void {
    if (row === undefined || !this.#isWanted(row)) return;
    if (this.#rows.length < this.#rowsMax) this.#rows.push(row);
    else this.#left++;
  }

  list(limits: readonly string[]): SocketList {
    return { rows: this.#rows, left: this.#left, limits };
  }
}

/** Also of rows of saved output. */
export function isAsked(
  { transport, state, port }: Pick<SocketRow, "transport" | "state" | "port">,
  { states, udp, ports }: CensusQuestion,
): boolean {
  if (ports !== null && !rangesContain(ports, port)) return false;
  return transport === "udp" ? udp : states === null || states.has(state);
}

function rowOfDiag(socket: DiagSocket, transport: "tcp" | "udp"): SocketRow | undefined {
  const state = tcpStateByNumber(socket.state);
  if (state === undefined) return undefined;
  return kernelRow(transport, state, {
    ...socket,
    address: addressText(socket.address),
    remoteAddress: addressText(socket.remoteAddress),
  });
}

function listByProc(found: Found, { udp }: CensusQuestion): string[] {
  return scanProcNetTables(udp ? ["tcp", "udp"] : ["tcp"], (line, transport) => {
    const state = tcpStateByNumber(line.state);
    if (state !== undefined) found.add(procNetRow(line, transport, state));
  });
}
