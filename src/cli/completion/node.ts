/** One command as a shell completes it. */
export interface CompletionNode {
  /** `portolan user add`. */
  readonly path: readonly string[];
  readonly description: string;
  readonly children: readonly CompletionNode[];
  readonly options: readonly CompletionOption[];
  readonly arguments: readonly CompletionValue[];
}

/** What may stand there: one of some words, a path, or something that no shell can know. */
export interface CompletionValue {
  readonly name: string;
  readonly choices: readonly string[];
  readonly isPath: boolean;
}

interface CompletionOption {
  /** `--json`, and `-j` when there is one. */
  readonly flags: readonly string[];
  readonly description: string;
  readonly value: CompletionValue | null;
}

/** The node and all below it. */
export function allNodes(node: CompletionNode): CompletionNode[] {
  return [node, ...node.children.flatMap(allNodes)];
}

/** For single quotes in a POSIX shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
