// What: a set of whole numbers as few bytes.
// Idea: a string of bits, eight numbers a byte, of which only the bytes that hold any are written: how many empty ones
//   lie before, how many follow, and these. Numbers that stand close cost an eighth of a byte, a lonely one about three.
// Trap: what is read may be foreign: a number beyond the limit, or a list that is cut, is no list.
// Source: variable-length integers as in Protocol Buffers, "Base 128 Varints".

/** So many empty bytes between two others cost more than to begin anew. */
const gapBytesMin = 2;
/** Of whole numbers that a double holds. */
const varintBytesMax = 8;

/** Appends a whole number from 0 to 2⁵³−1. */
export function writeVarint(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
}

/** Reads on in bytes that may lie: undefined at their end. */
export interface VarintReader {
  at: number;
  next(): number | undefined;
}

export function varintReader(bytes: Uint8Array): VarintReader {
  return {
    at: 0,
    next() {
      let value = 0;
      for (let index = 0, factor = 1; index < varintBytesMax; index += 1, factor *= 128) {
        const byte = bytes[this.at];
        if (byte === undefined) return undefined;
        this.at += 1;
        value += (byte & 127) * factor;
        if (byte < 128) return Number.isSafeInteger(value) ? value : undefined;
      }
      return undefined;
    },
  };
}

/** Appends a list; `numbers` ascend. */
export function writeNumbers(bytes: number[], numbers: Uint32Array): void {
  let end = 0;
  for (let index = 0; index < numbers.length;) {
    const start = (numbers[index] ?? 0) >>> 3;
    const run: number[] = [];
    for (; index < numbers.length; index += 1) {
      const number = numbers[index] ?? 0;
      const place = (number >>> 3) - start;
      if (place - run.length >= gapBytesMin) break;
      while (run.length <= place) run.push(0);
      run[place] = (run[place] ?? 0) | (1 << (number & 7));
    }
    writeVarint(bytes, start - end);
    writeVarint(bytes, run.length);
    for (const byte of run) bytes.push(byte);
    end = start + run.length;
  }
}

/** Each number of a list, ascending; false when it is no list of numbers below `limit`. */
export function readNumbers(bytes: Uint8Array, limit: number, visit: (number: number) => void): boolean {
  const reader = varintReader(bytes);
  let place = 0;
  while (reader.at < bytes.length) {
    const [gap, length] = [reader.next(), reader.next()];
    if (gap === undefined || length === undefined || length > bytes.length - reader.at) return false;
    place += gap;
    for (const byte of bytes.subarray(reader.at, reader.at + length)) {
      for (let bit = 0; bit < 8; bit += 1) {
        if ((byte & (1 << bit)) === 0) continue;
        const number = place * 8 + bit;
        if (number >= limit) return false;
        visit(number);
      }
      place += 1;
    }
    reader.at += length;
  }
  return true;
}
