import type { Clock } from "../base/clock.ts";
import type { BlockAction, FirewallName } from "../model/block.ts";
import type { BlockDeed } from "../model/block-deed.ts";
import type { HostBlocking } from "../model/block-order.ts";
import type { Actor } from "./account-book.ts";
import type { BlockLine } from "./block-line.ts";

/** `off`: this host never asked for orders. `silent`: it did, and not lately. `unable`: it may not, or lacks the tools. */
export const blockingStates = ["ready", "unable", "silent", "off"] as const;

export interface BlockedTarget {
  readonly target: string;
  readonly action: BlockAction;
  readonly untilMs: number;
  readonly isOnProbation: boolean;
  /** Null: made by no order that is known here. */
  readonly by: Actor | null;
  readonly sinceMs: number | null;
}

export interface HostBlocks {
  readonly hostId: string;
  readonly state: (typeof blockingStates)[number];
  readonly firewall: FirewallName | null;
  readonly problem: HostBlocking["problem"];
  readonly blocks: readonly BlockedTarget[];
}

/** A host polls every 15 s at least. */
const silentAfterMs = 40_000;

export function blockingState(line: BlockLine | undefined, clock: Clock): HostBlocks["state"] {
  if (line === undefined || line.blocking === null) return "off";
  if (clock.monotonicMs() - line.heardAtMs > silentAfterMs) return "silent";
  return line.blocking.firewall === null ? "unable" : "ready";
}

/** As the host said last, less the time since; who wanted it say the deeds. */
export function hostBlocks(
  hostId: string,
  line: BlockLine | undefined,
  recent: readonly BlockDeed[],
  clock: Clock,
): HostBlocks {
  const blocking = line?.blocking ?? null;
  const sinceHeardMs = clock.monotonicMs() - (line?.heardAtMs ?? 0);
  const blocks = (blocking?.blocks ?? []).flatMap(
    ({ leftMs, target, action, isOnProbation }): BlockedTarget[] => {
      const left = leftMs - sinceHeardMs;
      const made = recent.find(
        (deed) => deed.target === target && deed.request?.action === action && wasInEffect(deed),
      );
      const told = {
        target,
        action,
        isOnProbation,
        by: made?.by ?? null,
        sinceMs: made?.createdAtMs ?? null,
      };
      return left > 0 ? [{ ...told, untilMs: Math.round(clock.nowMs() + left) }] : [];
    },
  );
  return {
    hostId,
    state: blockingState(line, clock),
    firewall: blocking?.firewall ?? null,
    problem: blocking?.problem ?? null,
    blocks,
  };
}

const wasInEffect = ({ state }: BlockDeed): boolean => state === "done" || state === "probation";
