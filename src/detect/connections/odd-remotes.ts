// What: the addresses and prefixes that stand out, with the why, worst first.
// Idea: each reason weighs as many doublings as it is above what is usual; who was never seen before weighs a little
//   more. Being new is no reason by itself: most clients are.
// Trap: a proxy or a monitor always has the most connections. It is measured by its own past, not by its neighbours'.
// Source: the article's "find the odd addresses first".

import { compareAddresses } from "../../base/ip.ts";
import type { RemoteConnections } from "../../model/connection-sample.ts";
import type { OddReason, OddRemote } from "../../model/odd-remote.ts";
import { comesFromOutside, completedOf, heldOf, countOf, stateOf } from "./figures.ts";
import { isRemote } from "./known-remotes.ts";
import { liesIn, type Situation } from "./situation.ts";

export const oddRemotesMax = 50;
const scoreMin = 1;
const halfOpenMin = 3;
const countMin = 20;
const ratioMin = 4;
const portsMin = 5;
const newcomerWeight = 0.5;

type Weighed = readonly [weight: number, reason: OddReason];

/** Some thousand comparisons at most; the rows of a sample are few. */
export function oddRemotes(situation: Situation): OddRemote[] {
  const { sample } = situation;
  const addresses = sample.remotes.flatMap((row) => oddOf(row, false, situation) ?? []);
  const prefixes = sample.prefixes
    .flatMap((row) => oddOf(row, true, situation) ?? [])
    .filter(({ remote, sockets }) => !isOneAddress(remote, sockets, sample.remotes));
  return [...addresses, ...prefixes]
    .sort((a, b) => b.score - a.score || b.sockets - a.sockets || compareAddresses(a.remote, b.remote))
    .slice(0, oddRemotesMax);
}

const isOneAddress = (prefix: string, sockets: number, rows: readonly RemoteConnections[]): boolean =>
  rows.some((row) => socketsOf(row) * 2 >= sockets && liesIn(row.remote, prefix));

const socketsOf = ({ states }: RemoteConnections): number =>
  stateOf(states, "SYN-RECEIVED") + completedOf(states);

function oddOf(row: RemoteConnections, isPrefix: boolean, situation: Situation): OddRemote | undefined {
  const { remote } = row;
  if (!isRemote(remote) || situation.isExpected(remote)) return undefined;
  const weighed = weighedOf(row, isPrefix, situation).sort(([a], [b]) => b - a);
  const isNew = !situation.cold && situation.past(remote) === null;
  const sum = weighed.reduce((total, [weight]) => total + weight, 0);
  if (sum < scoreMin) return undefined;
  const reasons = weighed.map(([, reason]) => reason);
  if (isPrefix) reasons.push({ code: "spread", count: socketsOf(row) });
  if (isNew) reasons.push({ code: "never-seen" });
  const score = Math.round((sum + (isNew ? newcomerWeight : 0)) * 10) / 10;
  return { remote, isPrefix, sockets: socketsOf(row), score, reasons };
}

function weighedOf(row: RemoteConnections, isPrefix: boolean, { past, usual }: Situation): Weighed[] {
  const weighed: Weighed[] = [];
  const halfOpen = stateOf(row.states, "SYN-RECEIVED");
  const sockets = socketsOf(row);
  if (halfOpen >= halfOpenMin && halfOpen * 2 >= sockets) {
    weighed.push([1 + Math.log2(halfOpen / halfOpenMin), { code: "half-open-share", halfOpen, sockets }]);
  }
  const count = heldOf(row.states);
  if (count < countMin || !comesFromOutside(row)) return weighed;
  const own = past(row.remote)?.usual;
  const level = own ?? usual(isPrefix ? "prefix" : "stranger") ?? 0;
  const ratio = count / Math.max(1, level);
  if (ratio >= ratioMin) {
    const code = own === undefined ? "above-strangers" : "above-own-past";
    weighed.push([Math.log2(ratio), { code, count, usual: level }]);
  }
  const ports = countOf(row.ports);
  if (ports >= portsMin) weighed.push([1 + Math.log2(ports / portsMin), { code: "many-ports", ports }]);
  return weighed;
}
