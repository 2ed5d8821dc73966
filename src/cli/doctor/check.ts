import type { Say } from "../language/language.ts";
import type { CommandContext } from "../command.ts";
import type { ListenAddress } from "../listen-address.ts";

/** `broken`: Portolan will not work, or not fully trustworthy. `limited`: it works and sees less. */
export type FindingState = "good" | "limited" | "broken";

export interface Finding {
  /** Stable name. */
  readonly check: string;
  readonly state: FindingState;
  /** What was found. */
  readonly said: string;
  /** How to mend it; null when good. */
  readonly mend: string | null;
}

export interface Patient {
  readonly context: CommandContext;
  readonly say: Say;
  readonly folder: string;
  readonly listen: ListenAddress;
  readonly server: string | undefined;
}

export type Check = (patient: Patient) => Promise<Finding> | Finding;

export function good(check: string, said: string): Finding {
  return { check, state: "good", said, mend: null };
}

export function bad(check: string, state: "limited" | "broken", said: string, mend: string): Finding {
  return { check, state, said, mend };
}
