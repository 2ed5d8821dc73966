import type { Clock } from "../base/clock.ts";
import { PortolanError } from "../base/errors.ts";
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

/** Why nothing can be ordered of a host in this state, and what to do about it. */
export function notReady(state: HostBlocks["state"]): PortolanError {
  return new PortolanError("conflict", reasons[state], {
    details: { reason: `blocking-${state}` },
    hint: hints[state],
  });
}

const reasons = {
  ready: "",
  unable: "The agent of this host cannot change its firewall.",
  silent: "The agent of this host was not heard lately.",
  off: "Blocking is switched off on this host.",
} as const;

const hints = {
  ready: "",
  unable: "It needs CAP_NET_ADMIN, and nft, or ipset and iptables.",
  silent: "Look whether the agent runs and reaches the server.",
  off: "Set agent.block: true for the server's own machine, or start the agent with --block. portolan block --print gives the commands to paste.",
} as const;
