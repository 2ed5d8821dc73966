/** The server tells mistakes as English sentences, so that a log or a script reads well; here they find their words. */

interface Mistake {
  /** `targets`, `ports`, …: the first part of the path. */
  readonly field: string;
  readonly problem: string;
}

const known = [
  [/^is no address /, "address"],
  [/^does not begin with an IPv4 address/, "rangeStart"],
  [/^needs an IPv4 address or its last number/, "rangeEnd"],
  [/^begins with the larger address/, "rangeOrder"],
  [/^does not begin with an IP address/, "prefixAddress"],
  [/^needs a prefix length/, "prefixLength"],
  [/^holds too many addresses/, "prefixSize"],
  [/^is an IPv4 address written as IPv6/, "mapped"],
  [/^needs a port from 0/, "port"],
  [/^begins with the larger port/, "portOrder"],
  [/^is no data rate/, "rate"],
  [/^needs a unit/, "rateUnit"],
  [/^must be more than 0/, "rateZero"],
  [/^leaves no port to scan/, "noPort"],
  [/^is empty/, "empty"],
] as const;

/** What is wrong with which field: from the reading of the plan, or from the check of its shape. */
export function mistakesOf(details: Readonly<Record<string, unknown>>): readonly Mistake[] {
  const read = (list: unknown, words: string): Mistake[] =>
    (Array.isArray(list) ? list : []).flatMap((one: unknown) => {
      const { path, [words]: problem } = (one ?? {}) as Record<string, unknown>;
      if (typeof path !== "string" || typeof problem !== "string") return [];
      return [{ field: path.split(/[./]/).find((part) => part !== "") ?? "", problem }];
    });
  return [...read(details["mistakes"], "problem"), ...read(details["issues"], "message")];
}

interface MistakeCode {
  readonly code: (typeof known)[number][1] | "other";
  /** The entry that is wrong; of `other` the whole sentence. */
  readonly text: string;
  /** Where in it, from 1. */
  readonly character: number;
}

/** `"198.18.0.9-1" begins with the larger address (character 1)`. */
export function mistakeCode(problem: string): MistakeCode {
  const [, text = "", sentence = problem, at = "1"] = /^"(.*)" (.+) \(character (\d+)\)$/.exec(problem) ?? [];
  const code = known.find(([pattern]) => pattern.test(sentence))?.[1];
  if (code === undefined) return { code: "other", text: problem, character: 1 };
  return { code, text, character: Number(at) };
}
