import type { ConnectionState } from "./connection-counts.ts";

export const blockActions = ["drop", "reject"] as const;
/** `drop`: silence; `reject`: a TCP reset, or ICMP port unreachable. */
export type BlockAction = (typeof blockActions)[number];

/** A host's own time: what an adjusted clock cannot move. */
export interface BootTime {
  /** Milliseconds since the host started. */
  readonly ms: number;
  /** The kernel's id of this start: another one means that no block of before is in force. */
  readonly bootId: string;
}

/** An address or prefix that a host takes no packets from. */
export interface Block {
  /** Canonical: an address, or a prefix of more than one; IPv4-mapped is IPv4. */
  readonly target: string;
  readonly action: BlockAction;
  /** Who wanted it. */
  readonly by: string;
  readonly since: BootTime;
  readonly untilMs: number;
}

export const firewallNames = ["nftables", "iptables"] as const;
/** Who carries blocks out; iptables together with ipset. */
export type FirewallName = (typeof firewallNames)[number];

/** A block as the kernel of the host has it. */
export interface StandingBlock {
  readonly target: string;
  readonly action: BlockAction;
  readonly leftMs: number;
  /** It ends by itself in less than a minute, unless the host hears the server after it was made. */
  readonly isOnProbation: boolean;
}

/** Who can never be blocked, and why. */
export const neverBlockKinds = [
  "own-address",
  "own-prefix",
  "admin-connection",
  "gateway",
  "server",
  "dns",
  "cmdb",
  "monitor",
  "listed",
] as const;
export type NeverBlockKind = (typeof neverBlockKinds)[number];

export interface NeverBlock {
  /** Address or prefix. */
  readonly target: string;
  readonly kind: NeverBlockKind;
}

/** What somebody asks for; nothing of it was checked. */
export interface BlockRequest {
  readonly target: string;
  readonly action: string;
  readonly durationMs: number;
  readonly by: string;
  /** `operator`: a person named the target. `verdict`: it was taken from a verdict, whose sources may be forged. */
  readonly origin: "operator" | "verdict";
  /** How many known-good peers the operator has seen in the preview and lets go. */
  readonly acceptedPeers: number;
}

export interface CurrentConnection {
  readonly remote: string;
  readonly remotePort: number;
  readonly localPort: number;
  readonly state: ConnectionState;
  readonly process: string | null;
}

/** Why nothing is blocked, as a code with its figures. */
export type BlockRefusal =
  | { readonly code: "not-an-address"; readonly problem: string }
  | { readonly code: "host-bits"; readonly prefix: string; readonly address: string }
  | { readonly code: "everything" }
  | { readonly code: "too-wide"; readonly prefixMin: number }
  | { readonly code: "special-range"; readonly range: string }
  | { readonly code: "action-unknown" }
  | { readonly code: "duration"; readonly minMs: number; readonly maxMs: number }
  | { readonly code: "never-block"; readonly kind: NeverBlockKind; readonly target: string }
  | { readonly code: "never-block-unreadable"; readonly target: string }
  | { readonly code: "never-block-incomplete"; readonly missing: readonly NeverBlockKind[] }
  | { readonly code: "clock-unreadable" }
  | { readonly code: "no-handshake"; readonly seen: number; readonly completed: number }
  | { readonly code: "known-good"; readonly peers: number; readonly accepted: number }
  | { readonly code: "too-many-an-hour"; readonly max: number; readonly againInMs: number }
  | { readonly code: "too-many-in-force"; readonly max: number }
  | { readonly code: "overlaps"; readonly target: string; readonly leftMs: number };

/** What the operator should know before. */
export const blockWarnings = [
  /** Nothing of it is connected now. */
  "not-connected",
  /** No handshake of it was completed: its address may be forged. */
  "may-be-forged",
  /** Somebody is logged in from there. */
  "ssh-session",
  /** Connections that we opened would be cut. */
  "own-connections",
] as const;
export type BlockWarning = (typeof blockWarnings)[number];

/** What would be cut. */
export interface BlockPreview {
  readonly connections: readonly CurrentConnection[];
  /** All of them; `connections` has an end. */
  readonly connectionCount: number;
  readonly knownGood: readonly string[];
  readonly knownGoodCount: number;
  readonly warnings: readonly BlockWarning[];
}

export type BlockDecision =
  | { readonly outcome: "refused"; readonly refusal: BlockRefusal; readonly preview: BlockPreview | null }
  /** The same, or more of it, is blocked at least as long: nothing is to be done. */
  | { readonly outcome: "in-force"; readonly by: Block }
  | {
      readonly outcome: "plan";
      readonly block: Block;
      /** Blocks that this one takes the place of. */
      readonly replaces: readonly Block[];
      readonly preview: BlockPreview;
    };
