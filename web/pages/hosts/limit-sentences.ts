/** Limits come from collectors as English sentences, so that a log or `--json` reads well; here they find their words. */

interface Known {
  readonly pattern: RegExp;
  readonly code: string;
  /** What the groups of the pattern are called in the words. */
  readonly names?: readonly string[];
}

const known: readonly Known[] = [
  {
    pattern: /^owners: (\d+) process(?:es)? may not be read, even with all rights$/,
    code: "processes-refused",
    names: ["count"],
  },
  { pattern: /^owners: (\d+) process(?:es)? may not be read/, code: "processes-denied", names: ["count"] },
  { pattern: /^owners: processes of other users may not be read/, code: "others-denied" },
  { pattern: /^owners: a socket passed to a running process/, code: "passed-late" },
  {
    pattern: /^sockets(?: of .+)?: read from \/proc, without bound devices: (.+)$/,
    code: "proc-fallback",
    names: ["reason"],
  },
  { pattern: /^network namespaces: not every one may be entered/, code: "namespaces-denied" },
  { pattern: /^(.+): not read: (.+)$/, code: "not-read", names: ["part", "reason"] },
  { pattern: /^(\w+): more endpoints than can be reported$/, code: "too-many", names: ["part"] },
  {
    pattern: /^(\d+) listeners are more than one batch holds: ports above (\d+)/,
    code: "batch-full",
    names: ["count", "port"],
  },
  { pattern: /^(\d+) looks? (?:was|were) dropped/, code: "looks-dropped", names: ["count"] },
  { pattern: /^owner unknown: needs root or CAP_SYS_PTRACE$/, code: "owner-needs-rights" },
  { pattern: /^more owners may exist: needs root/, code: "owners-may-be-missing" },
  { pattern: /^more owners may exist: some processes may not be read/, code: "owners-may-refuse" },
  { pattern: /^owner unknown: some processes may not be read/, code: "owner-refused" },
  { pattern: /^owner unknown: held by the kernel or by a process outside/, code: "owner-outside" },
  { pattern: /^(\d+) more parts? could not be read$/, code: "parts-left", names: ["count"] },
];

export function readLimit(
  sentence: string,
): { code: string; params: Readonly<Record<string, string>> } | undefined {
  for (const { pattern, code, names = [] } of known) {
    const match = pattern.exec(sentence);
    if (match !== null) {
      return { code, params: Object.fromEntries(names.map((name, index) => [name, match[index + 1] ?? ""])) };
    }
  }
  return undefined;
}
