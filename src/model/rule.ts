import type { PortRange, View } from "./coverage.ts";
import type { Transport } from "./endpoint.ts";

export const ruleActions = ["allow", "ignore", "forbid"] as const;
export type RuleAction = (typeof ruleActions)[number];

/** One line of policy. A null field matches everything; the rule that says most wins, at a tie forbid beats allow. */
export interface Rule {
  readonly id: string;
  readonly action: RuleAction;
  /** Host id or name, address, CIDR prefix, or `label:key=value`. */
  readonly host: string | null;
  /** Process name, or executable path when it begins with `/`. */
  readonly process: string | null;
  readonly ports: PortRange | null;
  readonly transport: Transport | null;
  readonly view: View | null;
  readonly expiresAtMs: number | null;
  readonly note: string;
  readonly author: string;
}
