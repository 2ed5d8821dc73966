import type {
  BlockPreview,
  BlockRefusal,
  BlockRequest,
  FirewallName,
  NeverBlock,
  StandingBlock,
} from "./block.ts";

/** What the server asks of a host that lets itself be asked. The same id twice is the same order. */
export type BlockOrder =
  | {
      readonly id: string;
      /** `preview`: decide, and do nothing. */
      readonly kind: "preview" | "block";
      readonly request: BlockRequest;
      /** What the server knows beyond what the host sees itself: who asks, and what is configured. */
      readonly never: readonly NeverBlock[];
      readonly knownGood: readonly string[];
    }
  | { readonly id: string; readonly kind: "unblock"; readonly target: string };

export const blockOutcomes = [
  /** The host decides otherwise than the server. */
  "refused",
  /** As much is blocked already. */
  "in-force",
  /** Of a preview: it would be done. */
  "planned",
  /** In effect, until the host has heard the server once more. */
  "probation",
  "done",
  "failed",
  /** It was in effect, and the host did not hear the server any more. */
  "rolled-back",
] as const;
export type BlockOutcome = (typeof blockOutcomes)[number];

/** What became of an order. */
export interface BlockReport {
  readonly orderId: string;
  readonly outcome: BlockOutcome;
  readonly refusal: BlockRefusal | null;
  readonly preview: BlockPreview | null;
  /** Why it failed, in the words of what failed. */
  readonly message: string | null;
  /** Whether what was connected was ended; null where nothing was to be ended. */
  readonly cut: boolean | null;
}

export const firewallProblems = ["no-tools", "no-rights"] as const;

/** Whether a host can block, and what it blocks. */
export interface HostBlocking {
  readonly firewall: FirewallName | null;
  readonly problem: (typeof firewallProblems)[number] | null;
  readonly blocks: readonly StandingBlock[];
}

/** The body of `POST /api/v1/agent/orders`: a host tells and asks in one. */
export interface OrderPoll {
  /** Another one: the agent was started again, and knows no order of before. */
  readonly runId: string;
  readonly blocking: HostBlocking;
  readonly reports: readonly BlockReport[];
  /** How long the server may keep it waiting when there is nothing to do. */
  readonly waitMs: number;
}

export const orderWaitMsMax = 15_000;
/** Orders and reports in one exchange. */
export const ordersMax = 64;

const kinds: readonly unknown[] = ["preview", "block"];

/** The orders in an answer of the server; undefined when it is none. Never throws. */
export function readOrders(body: unknown): BlockOrder[] | undefined {
  const orders = field(body, "orders");
  if (!Array.isArray(orders) || orders.length > ordersMax || !orders.every(isOrder)) return undefined;
  return orders;
}

function isOrder(value: unknown): value is BlockOrder {
  if (typeof field(value, "id") !== "string") return false;
  const kind = field(value, "kind");
  if (kind === "unblock") return typeof field(value, "target") === "string";
  const request = field(value, "request");
  const [never, knownGood] = [field(value, "never"), field(value, "knownGood")];
  return (
    kinds.includes(kind) &&
    ["target", "action", "by", "origin"].every((key) => typeof field(request, key) === "string") &&
    ["durationMs", "acceptedPeers"].every((key) => typeof field(request, key) === "number") &&
    Array.isArray(never) &&
    never.every(
      (one) => typeof field(one, "target") === "string" && typeof field(one, "kind") === "string",
    ) &&
    Array.isArray(knownGood) &&
    knownGood.every((one) => typeof one === "string")
  );
}

function field(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
