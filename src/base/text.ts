/**
 * What must not reach a screen, a terminal or a log as it is: control characters (C0, DEL, C1), controls of writing
 * direction (UAX #9), line and paragraph separator, invisible formatting that makes two texts look the same,
 * and halves of a surrogate pair.
 */
const unsafe =
  /[\p{Cc}\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\p{Surrogate}/gu;
const unsafeOnce = new RegExp(unsafe.source, "u");
/** Nearly all text, told five times sooner. */
const plain = /^[ -~]*$/;

/** True when `showable` would change the text. */
export function hasUnsafeCharacters(text: string): boolean {
  return !plain.test(text) && unsafeOnce.test(text);
}

/** Foreign text made safe to show: what `unsafe` names stands there escaped, `\x1b` or `\u202e`. */
export function showable(text: string): string {
  return hasUnsafeCharacters(text) ? text.replace(unsafe, escapeCharacter) : text;
}

/** One UTF-16 unit as `\x1b` or `\u202e`. */
export function escapeCharacter(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x100 ? hexByte(code) : `\\u${code.toString(16).padStart(4, "0")}`;
}

const hexByte = (byte: number): string => `\\x${byte.toString(16).padStart(2, "0")}`;

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bytes that ought to be UTF-8, made safe to show; bytes that are not stand there as `\xff`. */
export function showableBytes(bytes: Uint8Array): string {
  try {
    return showable(strict.decode(bytes));
  } catch {
    return showableBrokenBytes(bytes);
  }
}

function showableBrokenBytes(bytes: Uint8Array): string {
  let text = "";
  // Well-formed stretches are decoded at once: one by one, 16 KiB would take 5 ms.
  let from = 0;
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes, at);
    if (length === 0) {
      if (at > from) text += showable(strict.decode(bytes.subarray(from, at)));
      text += hexByte(bytes[at] ?? 0);
      from = at + 1;
    }
    at += Math.max(1, length);
  }
  return text + showable(strict.decode(bytes.subarray(from)));
}

/** Length of the well-formed UTF-8 sequence that begins at `at`, 0 when none does (Unicode 17, table 3-7). */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return 1;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || at + length > bytes.length) return 0;
  const second = bytes[at + 1] ?? 0;
  const from = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const to = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < from || second > to) return 0;
  for (let index = at + 2; index < at + length; index++) if (((bytes[index] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}

/** At most `charactersMax` UTF-16 units, `mark` included; never cuts a surrogate pair in two. */
export function cutText(text: string, charactersMax: number, mark: string): string {
  if (text.length <= charactersMax) return text;
  let end = charactersMax - mark.length;
  const last = text.charCodeAt(end - 1);
  if (last >= 0xd800 && last <= 0xdbff) end -= 1;
  return text.slice(0, end) + mark;
}

/** By UTF-16 units, the same everywhere. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
