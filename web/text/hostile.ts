/**
 * Process names, command lines and hostnames are written by whoever runs the process. They must not move the cursor,
 * turn the reading direction, hide, or look like something else: such characters are shown by their number.
 *
 * The set: C0, DEL and C1 controls, line and paragraph separators, bidi controls (UAX #9 §2), zero-width and other
 * default-ignorable characters, variation and tag characters, unpaired surrogates.
 */
const unseen =
  /[\u034f\ufe00-\ufe0f\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]|[\ud800-\udfff]/gu;

export interface Piece {
  readonly text: string;
  readonly escaped: boolean;
}

/** The text in pieces, plain ones and escaped ones by turns. Joined they hold no unseen character. */
export function pieces(text: string): Piece[] {
  const result: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(unseen)) {
    if (match.index > end) result.push({ text: text.slice(end, match.index), escaped: false });
    const last = result.at(-1);
    if (last?.escaped === true)
      result[result.length - 1] = { text: last.text + escape(match[0]), escaped: true };
    else result.push({ text: escape(match[0]), escaped: true });
    end = match.index + match[0].length;
  }
  if (end < text.length) result.push({ text: text.slice(end), escaped: false });
  return result;
}

/** For titles, labels, file names: one plain string. */
export function visible(text: string): string {
  return text.replace(unseen, escape);
}

function escape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (character === "\n") return "\\n";
  if (character === "\t") return "\\t";
  if (character === "\r") return "\\r";
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`;
}
