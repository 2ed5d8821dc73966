import type { Block } from "../../model/block.ts";

/** One command, as arguments: nothing of it is ever read by a shell. */
export interface Command {
  readonly args: readonly string[];
  /** Left out when this one succeeds: what it makes is there already. */
  readonly unless?: readonly string[];
  /** It fails where there is nothing to do. */
  readonly mayFail?: true;
}

/** What a firewall must be told. Every list is idempotent: telling it twice changes nothing. */
export interface FirewallCommands {
  /** Makes the table or chains, and what is never blocked; ends no block that is in force. */
  readonly prepare: (neverBlock: readonly string[]) => Command[];
  /** `leftMs`: how long from now on; at least a second. `replaces`: blocks that end with it. */
  readonly block: (block: Blocked, leftMs: number, replaces: readonly Blocked[]) => Command[];
  readonly unblock: (block: Blocked) => Command[];
  /** Prints what is blocked, with the time left. */
  readonly list: () => Command[];
  /** Takes everything away again. */
  readonly remove: () => Command[];
}

export type Blocked = Pick<Block, "target" | "action">;

const plain = /^[\w@%+=:,./-]+$/;

const quoted = (text: string): string => (plain.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

/** A line to paste into a POSIX shell. */
export function shellLine({ args, unless, mayFail }: Command): string {
  const line = args.map(quoted).join(" ") + (mayFail ? " || true" : "");
  return unless ? `${unless.map(quoted).join(" ")} >/dev/null 2>&1 || ${line}` : line;
}
