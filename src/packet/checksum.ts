// What: the Internet checksum.
// Idea: sums of 16-bit words can be taken in parts and in any order, so what is the same in every probe is summed once.
// Trap: an odd last byte is the high half of a word. A sum of up to 2¹⁶ words stays exact in a double: fold at the end.
// Source: RFC 1071, RFC 9293 §3.1, RFC 8200 §8.1.

/** Sum of the 16-bit words of `view[start, end)`, not folded. */
export function sumWords(view: DataView, start: number, end: number): number {
  let sum = 0;
  let at = start;
  for (; at + 1 < end; at += 2) sum += view.getUint16(at);
  return at < end ? sum + (view.getUint8(at) << 8) : sum;
}

/** Folds a sum below 2³² to the 16 bits that stand in a header. */
export function checksumOf(sum: number): number {
  const once = (sum & 0xffff) + (sum >>> 16);
  return ~(once + (once >>> 16)) & 0xffff;
}
