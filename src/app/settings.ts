import { createHash } from "node:crypto";
import type { Config } from "../config/config.ts";
import { configDefaults } from "../config/defaults.ts";
import type { Rule } from "../model/rule.ts";

/** What of the configuration the use cases go by; all of it can change while running. */
export type Settings = Pick<
  Config,
  "agent" | "detect" | "connections" | "scan" | "retention" | "session" | "metrics" | "rules"
>;

/** For callers without a configuration file. */
export const settingsDefaults: Settings = configDefaults;

/** Names the rules that keep things from being recorded: what one of them hid must not come as new when it goes. */
export function ignoreRulesName(rules: readonly Rule[]): string {
  const ignoring = rules.filter((rule) => rule.action === "ignore");
  return ignoring.length === 0 ? "none" : createHash("sha256").update(JSON.stringify(ignoring)).digest("hex");
}
