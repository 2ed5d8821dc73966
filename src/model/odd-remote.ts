/** Why an address or prefix stands out, as a code with its figures. */
export type OddReason =
  | { readonly code: "half-open-share"; readonly halfOpen: number; readonly sockets: number }
  | { readonly code: "above-own-past"; readonly count: number; readonly usual: number }
  | { readonly code: "above-strangers"; readonly count: number; readonly usual: number }
  | { readonly code: "many-ports"; readonly ports: number }
  /** Many addresses of the prefix, none of which has half of it. */
  | { readonly code: "spread"; readonly count: number }
  | { readonly code: "never-seen" };

/** An address or prefix that is worth a look. */
export interface OddRemote {
  readonly remote: string;
  readonly isPrefix: boolean;
  /** All its sockets. */
  readonly sockets: number;
  /** From 1; each doubling beyond what is usual adds 1. */
  readonly score: number;
  /** Heaviest first. */
  readonly reasons: readonly OddReason[];
}
