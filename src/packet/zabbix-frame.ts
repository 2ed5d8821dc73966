// What: Zabbix's frame around one message, written, and read from a stream of chunks.
// Idea: nothing is believed before it has come: memory grows with what arrived, and lengths are weighed against a limit
//   as soon as the header says them.
// Trap: servers up to 3.4 send the bare key and a line feed, without a frame; a key may begin with Z too. A compressed
//   message says its full length in the field that is reserved otherwise; zlib output is never let grow past that.
// Source: Zabbix manual, "Header and data length" (flags 0x01 protocol, 0x02 compression, 0x04 large packet).

import { inflateSync } from "node:zlib";

/** No message is larger, in transit or unpacked; Zabbix itself allows 1 GB, for proxies. */
export const messageBytesMax = 16 * 1024 * 1024;
/** A key has at most 2,048 characters of up to 4 bytes. */
export const bareLineBytesMax = 8 * 1024;

const magic = Uint8Array.from("ZBXD", (character) => character.charCodeAt(0));
const flag = { protocol: 0x01, compressed: 0x02, large: 0x04 } as const;
const knownFlags = flag.protocol | flag.compressed | flag.large;
const headerBytes = { small: 13, large: 21 } as const;
const firstRoomBytes = 256;
const lineFeed = 0x0a;

/** The message in its frame, as every version of Zabbix reads it. */
export function zabbixFrame(message: string): Uint8Array {
  const data = new TextEncoder().encode(message);
  const frame = new Uint8Array(headerBytes.small + data.length);
  frame.set(magic);
  frame[4] = flag.protocol;
  new DataView(frame.buffer).setUint32(5, data.length, true);
  frame.set(data, headerBytes.small);
  return frame;
}

/** What the bytes so far come to. `bare`: a line without a frame, its line feed cut off. */
export type FrameReading =
  | { readonly state: "incomplete" }
  | { readonly state: "complete"; readonly data: Uint8Array; readonly bare: boolean }
  | { readonly state: "refused"; readonly problem: string };

interface FrameLimits {
  /** Of the message, as it travels and unpacked. */
  readonly bytesMax: number;
  /** Whether a line without a frame is a message. */
  readonly bareLine: boolean;
}

const incomplete: FrameReading = { state: "incomplete" };
const refused = (problem: string): FrameReading => ({ state: "refused", problem });

/** One message of one connection. What comes behind it is not read. Never throws. */
export class FrameReader {
  readonly #bytesMax: number;
  readonly #bareLine: boolean;
  #bytes = new Uint8Array(firstRoomBytes);
  #length = 0;
  #reading = incomplete;

  constructor({ bytesMax, bareLine }: FrameLimits) {
    this.#bytesMax = Math.min(bytesMax, messageBytesMax);
    this.#bareLine = bareLine;
  }

  push(chunk: Uint8Array): FrameReading {
    if (this.#reading.state !== "incomplete") return this.#reading;
    const from = this.#length;
    this.#append(chunk);
    this.#reading = this.#read(from);
    return this.#reading;
  }

  /** The other side has said all: a bare line needs no line feed then. */
  end(): FrameReading {
    if (this.#reading.state !== "incomplete") return this.#reading;
    this.#reading =
      this.#bareLine && this.#length > 0 && !this.#mayBeFramed()
        ? this.#bare(this.#length)
        : refused("the connection ended before the message did");
    return this.#reading;
  }

  /** At most one byte more than any message can need. */
  #append(chunk: Uint8Array): void {
    const room = headerBytes.large + this.#bytesMax + 1 - this.#length;
    const taken = chunk.subarray(0, room);
    const needed = this.#length + taken.length;
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(taken, this.#length);
    this.#length = needed;
  }

  #mayBeFramed(): boolean {
    const known = Math.min(this.#length, magic.length);
    for (let index = 0; index < known; index++) if (this.#bytes[index] !== magic[index]) return false;
    return true;
  }

  #read(from: number): FrameReading {
    if (!this.#mayBeFramed()) return this.#readBare(from);
    if (this.#length <= magic.length) return incomplete;
    const flags = this.#bytes[magic.length] ?? 0;
    if ((flags & flag.protocol) === 0 || (flags & ~knownFlags) !== 0)
      return refused(`the flags 0x${flags.toString(16).padStart(2, "0")} are not known`);
    return this.#readFramed(flags);
  }

  #readFramed(flags: number): FrameReading {
    const large = (flags & flag.large) !== 0;
    const header = large ? headerBytes.large : headerBytes.small;
    if (this.#length < header) return incomplete;
    const view = new DataView(this.#bytes.buffer, 0, header);
    const dataBytes = large ? uint64(view, 5) : view.getUint32(5, true);
    const unpackedBytes = large ? uint64(view, 13) : view.getUint32(9, true);
    const compressed = (flags & flag.compressed) !== 0;
    if (dataBytes > this.#bytesMax || (compressed && unpackedBytes > this.#bytesMax))
      return refused(`a message is larger than ${this.#bytesMax} bytes`);
    if (this.#length < header + dataBytes) return incomplete;
    const data = this.#bytes.subarray(header, header + dataBytes);
    return compressed ? unpacked(data, unpackedBytes) : { state: "complete", data, bare: false };
  }

  /** Bytes before `from` hold no line feed. */
  #readBare(from: number): FrameReading {
    if (!this.#bareLine) return refused("a message does not begin with ZBXD");
    const lineEnd = this.#bytes.subarray(0, this.#length).indexOf(lineFeed, from);
    const length = lineEnd === -1 ? this.#length : lineEnd;
    const bytesMax = Math.min(bareLineBytesMax, this.#bytesMax);
    if (length > bytesMax) return refused(`a line is longer than ${bytesMax} bytes`);
    return lineEnd === -1 ? incomplete : this.#bare(length);
  }

  #bare(length: number): FrameReading {
    return { state: "complete", data: this.#bytes.subarray(0, length), bare: true };
  }
}

/** Exact up to 2^53; what is larger is over every limit all the same. */
function uint64(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
}

/** Of exactly the announced length, or refused. */
function unpacked(data: Uint8Array, announcedBytes: number): FrameReading {
  try {
    const unpackedData = inflateSync(data, { maxOutputLength: Math.max(1, announcedBytes) });
    return unpackedData.length === announcedBytes
      ? { state: "complete", data: unpackedData, bare: false }
      : refused("a compressed message is not as long as it says");
  } catch {
    return refused("a compressed message cannot be unpacked, or is longer than it says");
  }
}
