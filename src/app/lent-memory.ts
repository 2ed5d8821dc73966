/** Kept for the next one; more is left to the garbage collector. */
const keptBytesMax = 16 * 1024 * 1024;
/** The smallest piece, so that pieces of one size serve many bodies. */
const pieceBytesMin = 64 * 1024;

/**
 * Memory that all threads see, lent for the time of one call and used again. Made anew for each batch it would be
 * garbage of which V8 lets 100 MB gather, because the heap beside it is small.
 */
export function lentMemory() {
  const free: SharedArrayBuffer[] = [];
  let freeBytes = 0;
  const take = (bytes: number): SharedArrayBuffer => {
    const index = free.findIndex((piece) => piece.byteLength >= bytes);
    const [found] = index === -1 ? [] : free.splice(index, 1);
    if (found === undefined) return new SharedArrayBuffer(pieceBytes(bytes));
    freeBytes -= found.byteLength;
    return found;
  };
  const give = (piece: SharedArrayBuffer): void => {
    if (freeBytes + piece.byteLength > keptBytesMax) return;
    free.push(piece);
    free.sort((a, b) => a.byteLength - b.byteLength);
    freeBytes += piece.byteLength;
  };
  return {
    /** Copies `bytes` once; the copy is gone when `use` has settled, and outlives a thread that dies over it. */
    async lend<T>(bytes: Uint8Array, use: (shared: Uint8Array) => Promise<T>): Promise<T> {
      const piece = take(bytes.byteLength);
      const copy = new Uint8Array(piece, 0, bytes.byteLength);
      copy.set(bytes);
      try {
        return await use(copy);
      } finally {
        give(piece);
      }
    },
  };
}

function pieceBytes(bytes: number): number {
  return Math.max(pieceBytesMin, 2 ** Math.ceil(Math.log2(Math.max(bytes, 1))));
}
