import { PortolanError } from "../../base/errors.ts";
import { nearest } from "../../base/nearest.ts";
import { showable } from "../../base/text.ts";
import { connectionStates } from "../../model/connection-counts.ts";
import type { ConnectionState } from "../../model/connection-counts.ts";
import { connectionStateOf, connectionStateSpellings } from "../../model/connection-state.ts";
import type { Say } from "../language/language.ts";

const stateCharactersMax = 32;

/** One state in any spelling of any tool. Throws `invalid` with the nearest name. */
export function parseState(text: string, say: Say): ConnectionState {
  const state = connectionStateOf(text.trim());
  if (state !== undefined) return state;
  const word = text.slice(0, stateCharactersMax);
  const near = nearest(word.replaceAll(/[-_]/g, ""), connectionStateSpellings);
  const hint =
    near === undefined
      ? say("connections.states-are", { states: connectionStates.join(", ") })
      : say("usage.did-you-mean", { what: connectionStateOf(near) ?? near });
  throw new PortolanError("invalid", say("connections.bad-state", { text: showable(word) }), { hint });
}

/** `ESTAB,time_wait SYN-RECV`, as often as given. */
export function parseStates(texts: readonly string[], say: Say): ReadonlySet<ConnectionState> {
  const words = texts.flatMap((text) => text.split(","));
  return new Set(words.map((word) => parseState(word, say)));
}

export const limitMax = 100_000;

export function parseLimit(text: string, say: Say): number {
  const limit = Number(text);
  if (/^\d{1,6}$/.test(text) && limit >= 1 && limit <= limitMax) return limit;
  throw new PortolanError(
    "invalid",
    `--limit: ${say("connections.bad-limit", { text: showable(text), max: limitMax })}`,
  );
}
