import { randomFillSync } from "node:crypto";

/** Random bytes drawn from the kernel at once; each id takes 8. */
const poolBytes = 4096;

/** The counter is 42 bits wide (`rand_a` and the first 30 bits of `rand_b`), so that no real rate overflows it. */
const counterMax = 2 ** 42 - 1;

interface IdSource {
  readonly nowMs?: () => number;
  readonly fillRandom?: (bytes: Uint8Array) => unknown;
}

/**
 * Makes UUIDv7 text (RFC 9562 §5.7) that rises strictly with every call, also within one millisecond and while the
 * clock goes back (§6.2, a counter seeded at random, the last millisecond kept until the clock has caught up).
 */
export function createIdSource({
  nowMs = Date.now,
  fillRandom = randomFillSync,
}: IdSource = {}): () => string {
  const pool = new Uint8Array(poolBytes);
  const view = new DataView(pool.buffer);
  let taken = poolBytes;
  let lastMs = -1;
  let counter = 0;

  const random32 = (): number => {
    if (taken === poolBytes) {
      fillRandom(pool);
      taken = 0;
    }
    taken += 4;
    return view.getUint32(taken - 4);
  };

  return () => {
    const now = nowMs();
    if (now > lastMs) {
      lastMs = now;
      // Half of the room stays free to count in.
      counter = random32() * 2 ** 9 + (random32() >>> 23);
    } else if (counter === counterMax) {
      lastMs += 1;
      counter = 0;
    } else {
      counter += 1;
    }
    const time = lastMs.toString(16).padStart(12, "0");
    const high = Math.floor(counter / 2 ** 30);
    const low = counter % 2 ** 30;
    const versioned = (0x7000 + high).toString(16);
    const middle = (0x8000 + Math.floor(low / 2 ** 16)).toString(16);
    const tail = (low % 2 ** 16).toString(16).padStart(4, "0") + random32().toString(16).padStart(8, "0");
    return `${time.slice(0, 8)}-${time.slice(8)}-${versioned}-${middle}-${tail}`;
  };
}

/** The process's own source: one per process, so that ids rise across all its parts. */
export const newId = createIdSource();

const idPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Lower-case UUIDv7 text, nothing else. */
export function isId(text: string): boolean {
  return idPattern.test(text);
}

/** The millisecond that an id carries. */
export function idTimeMs(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}
