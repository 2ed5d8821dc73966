import { formatDuration } from "../../base/duration.ts";
import { showable } from "../../base/text.ts";
import type { BlockRefusal } from "../../model/block.ts";
import type { CommandContext } from "../command.ts";
import { en } from "../language/en.ts";
import type { TextKey } from "../language/catalogue.ts";

/** Why nothing is blocked, as one sentence. The refusal may be a host's: what it says beyond its code is foreign. */
export function refusalText(refusal: BlockRefusal, { say }: Pick<CommandContext, "say">): string {
  const figures: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(refusal) as [string, unknown][]) {
    if (typeof value === "number") figures[name] = name.endsWith("Ms") ? spanText(value) : value;
    else figures[name] = showable(String(value));
  }
  const key = `block.refused.${refusal.code}`;
  return isText(key) ? say(key, figures) : showable(refusal.code);
}

const isText = (key: string): key is TextKey => Object.hasOwn(en, key);

const spanText = (ms: number): string => formatDuration(Math.max(0, Math.ceil(ms / 1_000)) * 1_000);
