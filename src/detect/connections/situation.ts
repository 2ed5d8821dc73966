// What: all that a rule may ask of a host at one moment: its figures, what is usual now, who was here before.
// Idea: rules see this and nothing else, so that each is a screen of its own and none keeps a state.
// Trap: a prefix has the connections of its addresses; where one address has half of them, that one is the suspect.

import { type Cidr, cidrContains, cidrContainsBytes, cidrOfAddress, parseCidr } from "../../base/cidr.ts";
import { addressBytes } from "../../base/ip.ts";
import { remembering } from "../../base/remember.ts";
import type { RemoteConnections } from "../../model/connection-sample.ts";
import type {
  ConnectionFinding,
  ConnectionSeverity,
  ConnectionVerdictKind,
} from "../../model/connection-verdict.ts";
import type { Figures } from "./figures.ts";
import { comesFromOutside, heldOf } from "./figures.ts";
import { valueOf } from "./hour-sketch.ts";
import { type KnownRemotes, pastOf, vanishedUsual } from "./known-remotes.ts";
import { isCold, type Normal, type NormalFigure, usualOf } from "./normal.ts";

/** What an operator says of a host, besides what it shows by itself. */
export interface ConnectionPolicy {
  /** Addresses and prefixes that may hold any number of connections: load generators, proxies, monitors. */
  readonly expected: readonly string[];
}

/** How long something must be seen before it is believed; 0: what one sample shows cannot be chance. */
export type Confirmed = { readonly finding: ConnectionFinding; readonly confirmMs: number };

/** All that a rule may ask. */
export interface Situation extends Figures {
  readonly watchedMs: number;
  /** Nothing was learned yet: the articles' values hold. */
  readonly cold: boolean;
  readonly usual: (figure: NormalFigure) => number | null;
  /** What an operator called normal; 0: nothing. */
  readonly accepted: (figure: NormalFigure) => number;
  readonly past: (remote: string) => { readonly usual: number } | null;
  /** What whoever left within two hours used to have. */
  readonly vanished: (isPrefix: boolean) => number;
  readonly isExpected: (remote: string) => boolean;
  /** Which part of its levels a rule takes for a severity: less than 1 while such a verdict stands. */
  readonly ease: (kind: ConnectionVerdictKind, subject: string, severity: ConnectionSeverity) => number;
}

/** Addresses, and prefixes in which no single address has half of the connections: who might be behind something. */
export interface Suspect {
  readonly remote: string;
  readonly row: RemoteConnections;
  readonly isPrefix: boolean;
  /** Connections that it holds. */
  readonly count: number;
}

/** A proxy and what stands behind it on the same host have thousands of connections to each other. */
const ourselves = ["127.0.0.0/8", "::1"];

export function situationOf(
  figures: Figures,
  memory: { readonly normal: Normal; readonly known: KnownRemotes; readonly watchedMs: number },
  policy: ConnectionPolicy,
  ease: Situation["ease"],
): Situation {
  const { atMs, remotes, prefixes } = figures.sample;
  const vanishedAddress = once(() => vanishedUsual(memory.known, atMs, remotes, false));
  const vanishedPrefix = once(() => vanishedUsual(memory.known, atMs, prefixes, true));
  const expected = [...ourselves, ...policy.expected].flatMap((text): Cidr[] => blockOf(text) ?? []);
  return {
    ...figures,
    watchedMs: memory.watchedMs,
    cold: isCold(memory.normal),
    usual: (figure) => usualOf(memory.normal, figure, atMs),
    accepted: (figure) => valueOf(memory.normal.accepted[figure] ?? 0),
    past: (remote) => pastOf(memory.known, remote),
    vanished: (isPrefix) => (isPrefix ? vanishedPrefix() : vanishedAddress()),
    isExpected: remembering((remote) => liesInSome(expected, remote.replace(/\/.*$/, ""))),
    ease,
  };
}

/** The address is read once, not once for each block. */
function liesInSome(blocks: readonly Cidr[], address: string): boolean {
  const bytes = addressBytes(address);
  const isSix = address.includes(":");
  return (
    bytes !== undefined &&
    blocks.some((block) => (block.family === 4 || isSix) && cidrContainsBytes(block, bytes))
  );
}

/** Asked by many suspects, or by none. */
function once(work: () => number): () => number {
  let result: number | undefined;
  return () => (result ??= work());
}

function blockOf(text: string): [Cidr] | undefined {
  if (!text.includes("/")) {
    const block = cidrOfAddress(text);
    return block && [block];
  }
  const parsed = parseCidr(text);
  return "value" in parsed ? [parsed.value] : undefined;
}

/** Those with at least so many connections, most first. A prefix is none of them where one address has half of it. */
export function suspectsOf({ sample, isExpected }: Situation, countMin: number): Suspect[] {
  const free = ({ row, remote, count }: Suspect): boolean =>
    count >= countMin && comesFromOutside(row) && !isExpected(remote);
  const addresses = sample.remotes.map((row) => suspect(row, false));
  const prefixes = sample.prefixes
    .map((row) => suspect(row, true))
    .filter(free)
    .filter(
      ({ remote, count }) => !addresses.some((one) => one.count * 2 >= count && liesIn(one.remote, remote)),
    );
  return [...addresses.filter(free), ...prefixes].sort((a, b) => b.count - a.count);
}

/** Connections of the busiest address, and prefix, that has no past of its own: what strangers usually do here. */
export function strangersOf(situation: Situation): { readonly stranger: number; readonly prefix: number } {
  const isStranger = (row: RemoteConnections): boolean =>
    comesFromOutside(row) && !situation.past(row.remote) && !situation.isExpected(row.remote);
  const busiest = (rows: readonly RemoteConnections[]): number =>
    rows.reduce((most, row) => {
      const count = heldOf(row.states);
      return count > most && isStranger(row) ? count : most;
    }, 0);
  return { stranger: busiest(situation.sample.remotes), prefix: busiest(situation.sample.prefixes) };
}

const suspect = (row: RemoteConnections, isPrefix: boolean): Suspect => ({
  remote: row.remote,
  row,
  isPrefix,
  count: heldOf(row.states),
});

export function liesIn(address: string, prefix: string): boolean {
  const parsed = parseCidr(prefix);
  return "value" in parsed && cidrContains(parsed.value, address);
}
