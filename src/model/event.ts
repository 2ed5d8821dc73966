import type { ConnectionVerdict } from "./connection-verdict.ts";
import type { View } from "./coverage.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Owner } from "./owner.ts";

/** What becomes of a port. */
export const portEventKinds = ["new", "down", "recovered", "changed"] as const;
export type PortEventKind = (typeof portEventKinds)[number];

/** What becomes of trouble with a host's connections. */
export const troubleKinds = ["trouble", "trouble-worse", "trouble-over"] as const;
export type TroubleKind = (typeof troubleKinds)[number];

export const eventKinds = [...portEventKinds, ...troubleKinds] as const;
export type EventKind = (typeof eventKinds)[number];

/** Why a decision was taken, as a code that UI, CLI and mail put into words, with the figures that led to it. */
export type EventReason =
  | { readonly code: "first-seen-where-looked-before"; readonly sightings: number }
  | { readonly code: "back-after-look-back"; readonly downForMs: number; readonly lookBackMs: number }
  | { readonly code: "not-seen"; readonly misses: number; readonly spanMs: number }
  | { readonly code: "back-within-look-back"; readonly downForMs: number; readonly lookBackMs: number }
  | { readonly code: "owner-differs"; readonly downForMs: number }
  | { readonly code: "owner-joined" }
  | { readonly code: "owner-left" };

/** What the rules say of an event, always with the reason. */
export interface Verdict {
  readonly action: "allow" | "forbid" | "none";
  /** Id of the deciding rule; null when none matched. */
  readonly ruleId: string | null;
  /** Why this port is dangerous (a code of `detect/high-risk`), null when it is not listed. */
  readonly highRisk: string | null;
}

interface Told {
  /** UUIDv7. */
  readonly id: string;
  /** Server time of the decision. */
  readonly atMs: number;
  /** Server time of the first evidence: first sighting, first miss, first sample. */
  readonly observedAtMs: number;
  readonly hostId: string;
}

/** A change of belief. */
export interface PortEvent extends Told {
  readonly kind: PortEventKind;
  readonly view: View;
  readonly endpoint: Endpoint;
  /** Owners before (empty for new) and after (empty for down). */
  readonly ownersBefore: readonly Owner[];
  readonly ownersAfter: readonly Owner[];
  readonly reason: EventReason;
  readonly verdict: Verdict;
}

/** Trouble with connections that began, became worse or ended. What is a hint only is no event. */
export interface TroubleEvent extends Told {
  readonly kind: TroubleKind;
  /** The verdict as it is by this event, with its reasons. */
  readonly trouble: ConnectionVerdict;
}

/** Whatever is told of a host. `"trouble" in event` tells them apart. */
export type HostEvent = PortEvent | TroubleEvent;
