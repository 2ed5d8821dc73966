import {
  connectionCounters,
  connectionFills,
  connectionGauges,
  connectionTopKinds,
  type ConnectionSlice,
  type ConnectionTop,
} from "../../model/connection-history.ts";

/**
 * Slices of one series as bytes: numbers as varints, sums as differences to the slice before, a peak as what it is above
 * the mean, a name once per block. A quiet slice takes some 25 bytes, a tenth of its JSON. Only this folder writes them,
 * so reading trusts them.
 */
const version = 1;
const firstBytes = 1_024;
/** Room for 70 bits: beyond 53 the last digits are lost, and nothing else. */
const numberBytesMax = 10;

/** `slices` ascend by their start, each a multiple of `stepMs`. */
export function encodeBlock(slices: readonly ConnectionSlice[], stepMs: number): Uint8Array {
  const out = new Output();
  out.number(version);
  out.number(slices.length);
  const names = new Map<string, number>();
  let before: ConnectionSlice | undefined;
  for (const slice of slices) {
    const { samples } = slice;
    out.number((slice.startMs - (before?.startMs ?? 0)) / stepMs);
    out.number(samples);
    for (const [index, sum] of slice.sums.entries()) out.signed(sum - (before?.sums[index] ?? 0));
    if (samples > 1) {
      for (const [index, peak] of slice.peaks.entries())
        out.number(peak - floorMean(slice.sums[index] ?? 0, samples));
    }
    for (const value of [...slice.counters, ...slice.fills]) out.number(value === null ? 0 : value + 1);
    for (const rows of slice.tops) writeTops(out, rows, samples, names);
    before = slice;
  }
  return out.bytes();
}

function writeTops(
  out: Output,
  rows: readonly ConnectionTop[],
  samples: number,
  names: Map<string, number>,
): void {
  out.number(rows.length);
  for (const { name, sum, peak } of rows) {
    const known = names.get(name);
    if (known === undefined) {
      names.set(name, names.size + 1);
      out.number(0);
      out.text(name);
    } else {
      out.number(known);
    }
    out.number(sum);
    if (samples > 1) out.number(peak - floorMean(sum, samples));
  }
}

/** `tops` false: leaves them empty, for who asks only for the course. A year has 8,800 slices, so nothing is made twice. */
export function decodeBlock(bytes: Uint8Array, stepMs: number, tops = true): ConnectionSlice[] {
  const input = new Input(bytes);
  input.number();
  const length = input.number();
  const names: string[] = [];
  const slices: ConnectionSlice[] = [];
  let before: ConnectionSlice | undefined;
  for (let index = 0; index < length; index += 1) {
    const startMs = (before?.startMs ?? 0) + input.number() * stepMs;
    const samples = input.number();
    const sums = readSums(input, before?.sums);
    const peaks = samples > 1 ? readPeaks(input, sums, samples) : sums;
    const counters = readNullable(input, connectionCounters.length);
    const fills = readNullable(input, connectionFills.length);
    const read: ConnectionTop[][] = [];
    for (let kind = 0; kind < connectionTopKinds.length; kind += 1)
      read.push(readTops(input, samples, names));
    before = { startMs, samples, sums, peaks, counters, fills, tops: tops ? read : noTops };
    slices.push(before);
  }
  return slices;
}

const noTops: readonly (readonly ConnectionTop[])[] = connectionTopKinds.map(() => []);

function readSums(input: Input, former: readonly number[] | undefined): number[] {
  const sums: number[] = [];
  for (let gauge = 0; gauge < connectionGauges.length; gauge += 1)
    sums.push((former?.[gauge] ?? 0) + input.signed());
  return sums;
}

function readPeaks(input: Input, sums: readonly number[], samples: number): number[] {
  const peaks: number[] = [];
  for (const sum of sums) peaks.push(floorMean(sum, samples) + input.number());
  return peaks;
}

function readNullable(input: Input, length: number): (number | null)[] {
  const values: (number | null)[] = [];
  for (let index = 0; index < length; index += 1) values.push(input.nullable());
  return values;
}

function readTops(input: Input, samples: number, names: string[]): ConnectionTop[] {
  const rows: ConnectionTop[] = [];
  for (let left = input.number(); left > 0; left -= 1) {
    const known = input.number();
    const name = known === 0 ? input.text() : (names[known - 1] ?? "");
    if (known === 0) names.push(name);
    const sum = input.number();
    rows.push({ name, sum, peak: samples > 1 ? floorMean(sum, samples) + input.number() : sum });
  }
  return rows;
}

/** No peak is below it. */
const floorMean = (sum: number, samples: number): number => Math.floor(sum / samples);

class Output {
  #bytes = Buffer.allocUnsafe(firstBytes);
  #at = 0;

  /** Whole, not negative: seven bits a byte, the lowest first. */
  number(value: number): void {
    if (this.#at + numberBytesMax > this.#bytes.length) this.#grow(numberBytesMax);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#at++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#at++] = rest;
  }

  signed(value: number): void {
    this.number(value >= 0 ? value * 2 : -value * 2 - 1);
  }

  text(value: string): void {
    const length = Buffer.byteLength(value);
    this.number(length);
    if (this.#at + length > this.#bytes.length) this.#grow(length);
    this.#at += this.#bytes.write(value, this.#at);
  }

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#at);
  }

  #grow(more: number): void {
    const grown = Buffer.allocUnsafe(this.#bytes.length * 2 + more);
    this.#bytes.copy(grown, 0, 0, this.#at);
    this.#bytes = grown;
  }
}

class Input {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  number(): number {
    let value = 0;
    for (let unit = 1; ; unit *= 0x80) {
      const byte = this.#bytes[this.#at++] ?? 0;
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return value;
    }
  }

  signed(): number {
    const value = this.number();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  nullable(): number | null {
    const value = this.number();
    return value === 0 ? null : value - 1;
  }

  text(): string {
    const length = this.number();
    this.#at += length;
    return this.#bytes.toString("utf8", this.#at - length, this.#at);
  }
}
