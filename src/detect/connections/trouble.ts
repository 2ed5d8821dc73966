// What: which changes of a verdict are told as events, and as which.
// Idea: a look is a hint on a page and wakes nobody; the event begins with the first alarm.
// Trap: a look that becomes an alarm was never told before: it begins, and does not become worse.

import type { TroubleKind } from "../../model/event.ts";
import type { HeldChange } from "./held-verdict.ts";

/** Null: a hint only, no event. */
export function troubleKind({ verdict, change, from }: HeldChange): TroubleKind | null {
  if (verdict.severity === "look") return null;
  if (change === "resolved") return "trouble-over";
  return from === null || from === "look" ? "trouble" : "trouble-worse";
}
