// What: the sequence number of a probe, by which its answer proves that it is one, and says when the probe was sent.
// Idea: nothing is kept per probe. The high 22 bits are a keyed hash of target, ports and time; the low 10 bits are the
//   time, in ticks of 4 ms: an answer carries its own round-trip time and the moment whose pace it judges.
// Trap: the answer's fields are the other side's. Only when the hash is right do they mean anything; a guess is right
//   once in four million, and must know the source port besides.
// Source: Aumasson and Bernstein, "SipHash" (2012): HalfSipHash-1-3; Bernstein's SYN cookies.

export const tickMs = 4;
const tickBits = 10;
export const ticks = 1 << tickBits;
const tickMask = ticks - 1;

export type ProbeCookie = (host: number, port: number, sourcePort: number, tick: number) => number;

/** `key`: 8 random bytes as two numbers of 32 bits. About 25 ns. */
export function probeCookie(key0: number, key1: number): ProbeCookie {
  return (host, port, sourcePort, tick) => {
    let v0 = key0 | 0;
    let v1 = key1 | 0;
    let v2 = 0x6c79_6765 ^ key0;
    let v3 = 0x7465_6462 ^ key1;
    for (let word = 0; word < 6; word += 1) {
      const part =
        word === 0
          ? host | 0
          : word === 1
            ? (port << 16) | sourcePort
            : word === 2
              ? (12 << 24) | (tick & tickMask)
              : 0;
      if (word === 3) v2 ^= 0xff;
      v3 ^= part;
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
      v0 ^= part;
    }
    return (((v1 ^ v3) << tickBits) | (tick & tickMask)) >>> 0;
  };
}

/** When the probe was sent, as it says itself. */
export const tickOf = (sequence: number): number => sequence & tickMask;
