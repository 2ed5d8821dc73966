// What: the last whole answer to a dump, byte for byte.
// Idea: while the kernel answers the same, nothing is decoded and nobody is visited. With the first datagram that
//   differs, those before it are visited as remembered, and the rest as it comes.
// Trap: an answer that did not end well is nothing to compare with: it is to be forgotten.
// Source: netlink(7).

import { readDatagram } from "./datagram.ts";
import type { MessageVisitor } from "./datagram.ts";
import { errno } from "./libc.ts";

/** 4 GiB of answer: a bound on a loop that otherwise trusts the kernel to say "done". */
const datagramsMax = 131_072;

/** How a repeated dump ended when all its bytes were those of the time before: nobody was visited. */
export const unchanged = -1;

/** The datagrams of a whole answer; some 110 bytes for each of its sockets. */
export class LastAnswer {
  #datagrams: Buffer[] = [];
  readonly #keeps: boolean;

  /** `keeps` false: every answer is read as if it were the first, and nothing of it stays in memory. */
  constructor(keeps = true) {
    this.#keeps = keeps;
  }

  get isEmpty(): boolean {
    return this.#datagrams.length === 0;
  }

  forget(): void {
    this.#datagrams = [];
  }

  /** Reads one whole answer, datagram by datagram; `receive` gives the length of the next, or `-errno`. */
  read(sequence: number, datagram: Buffer, receive: (into: Buffer) => number, visit: MessageVisitor): number {
    const before = this.#datagrams;
    let met = 0;
    let differs = before.length === 0;
    let interrupted = false;
    for (let received = 0; received < datagramsMax; received++) {
      const length = receive(datagram);
      if (length === -errno.interrupted) continue;
      if (length < 0) return -length;
      const known = differs ? undefined : before[met];
      if (known?.length === length && datagram.compare(known, 0, length, 0, length) === 0) {
        met++;
        if (met === before.length) return unchanged;
        continue;
      }
      if (!differs) {
        differs = true;
        this.#datagrams = before.slice(0, met);
        for (const same of this.#datagrams) readDatagram(same, same.length, sequence, visit);
      }
      if (this.#keeps) this.#datagrams.push(Buffer.from(datagram.subarray(0, length)));
      const end = readDatagram(datagram, length, sequence, visit);
      interrupted ||= end.interrupted;
      if (end.done) return end.error !== 0 ? end.error : interrupted ? errno.interrupted : 0;
    }
    return errno.noBuffers;
  }
}
