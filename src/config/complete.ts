import { createHash } from "node:crypto";
import type { Rule } from "../model/rule.ts";
import type { Config } from "./config.ts";
import { mistakesOf, placeOf, refusal, withoutConsequences } from "./mistakes.ts";
import { overlayOf, type OverlaySources, withOverlay } from "./overlay.ts";
import type { Mistake, Read } from "./read.ts";
import { configSchema, type ConfigValues } from "./schema.ts";

/**
 * What was read, with environment, flags and defaults; PortolanError `invalid` tells every mistake at once
 * (`details.mistakes`). Where there is no file (`nothingRead`), the reader of files need not even be loaded.
 */
export function completeConfig(read: Read, name = "configuration", sources: OverlaySources = {}): Config {
  if (read.mistakes.length > 0) throw refusal(read.mistakes, () => name);
  const overlay = overlayOf(sources);
  const parsed = configSchema.safeParse(withOverlay(read.value, overlay));
  if (!parsed.success) {
    const issues = withoutConsequences(parsed.error.issues);
    const mistakes = issues.flatMap((issue) => mistakesOf(issue, read, overlay.origins));
    throw refusal([...overlay.mistakes, ...mistakes], (key) => overlay.origins.get(key) ?? name);
  }
  const rules = rulesOf(parsed.data.rules, read);
  const mistakes = [...overlay.mistakes, ...rules.mistakes];
  if (mistakes.length > 0) throw refusal(mistakes, (key) => overlay.origins.get(key) ?? name);
  return configOf(parsed.data, rules.rules);
}

function configOf(values: ConfigValues, rules: readonly Rule[]): Config {
  const { agent, detect, retention, session, ...rest } = values;
  return {
    ...rest,
    agent: {
      intervalMs: agent.interval,
      namespaces: agent.namespaces,
      block: agent.block,
      neverBlock: agent.neverBlock,
    },
    detect: {
      lookBackMs: detect.lookBack,
      missesToDown: detect.missesToDown,
      missSpanMs: detect.missSpan,
      sightingsToNew: detect.sightingsToNew,
    },
    retention: {
      eventsMs: retention.events,
      historyMs: retention.history,
      evidenceMs: retention.evidence,
      auditMs: retention.audit,
    },
    session: { idleMs: session.idle, lifetimeMs: session.lifetime },
    rules,
  };
}

/** A rule of the file is known by what it says, so that moving it about changes no verdict's rule. */
function rulesOf(
  given: ConfigValues["rules"],
  read: Read,
): { rules: readonly Rule[]; mistakes: readonly Mistake[] } {
  const rules = new Map<string, Rule>();
  const mistakes: Mistake[] = [];
  for (const [index, rule] of given.entries()) {
    const { note: _, ...says } = rule;
    const id = `file-${createHash("sha256").update(JSON.stringify(says)).digest("hex").slice(0, 12)}`;
    if (rules.has(id)) {
      mistakes.push({
        place: placeOf(read, ["rules", index]),
        key: `rules.${index}`,
        problem: "stands twice",
      });
    }
    rules.set(id, { id, ...rule, author: "file" });
  }
  return { rules: [...rules.values()], mistakes };
}
