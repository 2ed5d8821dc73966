import { PortolanError } from "../../base/errors.ts";
import { countStates } from "../../sources/host/state-counts.ts";
import type { CommandContext } from "../command.ts";
import { parseState } from "./question.ts";

/** Prints how many sockets are in one state, as one number. Throws `invalid` when there is no such state. */
export async function printStateCount({ terminal, say }: CommandContext, text: string): Promise<void> {
  const state = parseState(text, say);
  const counted = await countStates(new Set([state]));
  if ("unavailable" in counted) throw new PortolanError("unavailable", counted.unavailable);
  terminal.print(String(counted.counts[state]));
}
