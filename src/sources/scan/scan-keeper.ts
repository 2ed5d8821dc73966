// What: keeps a running scan in its log, and gives a new run what the log holds.
// Idea: what was settled since the last record goes into the next, twice a second, with the place in the order up to
//   which every answer had its time. Whatever was on its way when a run broke off is therefore asked again.
// Trap: a finding is told before it is written. It is found again then: nothing is ever written that was not told.

import { PortolanError } from "../../base/errors.ts";
import type { PortReason } from "../../model/port-state.ts";
import { inversePermutation, permutation } from "./permutation.ts";
import type { ScanLog } from "./scan-log.ts";
import { readRecord, writeRecord, type ListName, type ScanStanding } from "./scan-record.ts";
import type { HostFate, SynSweep } from "./sweep.ts";

/** What a kill costs, besides what is on its way. */
export const keepEveryMs = 500;

/** Of all runs together. */
export type ScanCost = Pick<ScanStanding, "probes" | "bytes" | "answers" | "drops" | "refused" | "elapsedMs">;

export interface ScanKeeper {
  settled(pair: number, reason: PortReason, isLate: boolean): void;
  host(host: number, fate: HostFate): void;
  /** What the former runs have cost; undefined when there was none. */
  restore(sweep: SynSweep): ScanCost | undefined;
  keep(sweep: SynSweep, nowMs: number, cost: ScanCost): void;
}

export function scanKeeper(log: ScanLog, hosts: number, width: number, seed: number): ScanKeeper {
  const pairs = hosts * width;
  const placeOf = inversePermutation(pairs, seed);
  let written = "";
  let lists = new Map<ListName, number[]>();
  const add = (name: ListName, number: number): void => {
    const list = lists.get(name);
    if (list === undefined) lists.set(name, [number]);
    else list.push(number);
  };
  return {
    settled: (pair, reason, isLate) => add(isLate ? `late ${reason}` : reason, placeOf(pair)),
    host: (host, fate) => add(fate, host),
    restore(sweep) {
      const pairAt = permutation(pairs, seed);
      let last: ScanStanding | undefined;
      let unsure: number[] = [];
      const visitor = {
        answer: (place: number, reason: PortReason, isLate: boolean) =>
          sweep.restore.answer(pairAt(place), reason, isLate),
        host(host: number, fate: HostFate) {
          if (fate === "unsure") unsure.push(host);
          else sweep.restore.host(host, fate);
        },
      };
      log.replay((record) => {
        unsure = [];
        last = readRecord(record, { pairs, hosts }, visitor);
        if (last === undefined)
          throw new PortolanError("invalid", "The saved scan has a record that cannot be read.", {
            hint: "Nothing was sent.",
          });
      });
      for (const host of unsure) sweep.restore.host(host, "unsure");
      if (last !== undefined) sweep.restore.state(last);
      return last;
    },
    keep(sweep, nowMs, cost) {
      const state = sweep.state(nowMs);
      const standing = `${state.pass} ${state.cursor} ${cost.probes} ${cost.answers}`;
      if (standing === written && lists.size === 0) return;
      written = standing;
      for (const host of state.decoyed) add("decoyed", host);
      for (const host of state.unsure) add("unsure", host);
      const sorted = new Map<ListName, Uint32Array>();
      for (const [name, numbers] of lists) sorted.set(name, Uint32Array.from(numbers).sort());
      lists = new Map();
      log.append(writeRecord({ ...state, ...cost }, sorted));
    },
  };
}
