// What: values pushed to a server's or proxy's trapper, and what it says to them.
// Idea: each value carries its own time, so that one sent again is the same value.
// Trap: "success" says that the request was understood, not that a value was taken: how many were stands in a sentence.
//   It does not say which.
// Source: Zabbix manual, "Zabbix sender protocol"; the sentence as printed by servers 2.0 (without colons) to 7.0.

/** One value of one item. */
export interface SenderValue {
  /** Technical name of the host, as Zabbix knows it. */
  readonly host: string;
  readonly key: string;
  readonly value: string;
  /** Seconds since 1970, and nanoseconds within. */
  readonly clock: number;
  readonly ns: number;
}

export type SenderAnswer =
  | { readonly understood: true; readonly processed: number; readonly failed: number }
  | { readonly understood: false; readonly problem: string };

const infoCharactersMax = 200;
const countsPattern = /processed:? (\d{1,9});? failed:? (\d{1,9});? total:? (\d{1,9})/i;
const utf8 = new TextDecoder();

/** The message without its frame. */
export function senderRequest(values: readonly SenderValue[], clock: number, ns: number): string {
  return JSON.stringify({ request: "sender data", data: values, clock, ns });
}

/** Reads the answer out of its frame. Never throws. */
export function readSenderAnswer(data: Uint8Array): SenderAnswer {
  const { response, info } = objectOf(utf8.decode(data));
  if (response === undefined)
    return { understood: false, problem: "the answer is no JSON of a Zabbix server" };
  const said = typeof info === "string" ? info.slice(0, infoCharactersMax) : "no reason given";
  if (response !== "success") return { understood: false, problem: said };
  const [, processed, failed, total] = countsPattern.exec(said) ?? [];
  if (total === undefined || Number(processed) + Number(failed) !== Number(total))
    return { understood: false, problem: `the answer's counts cannot be read: ${said}` };
  return { understood: true, processed: Number(processed), failed: Number(failed) };
}

function objectOf(text: string): { readonly response?: unknown; readonly info?: unknown } {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === "object" && body !== null ? body : {};
  } catch {
    return {};
  }
}
