// What: what is blocked, as the kernel's own lists say it.
// Idea: the kernel is the truth, whoever was killed in between. Only what stands in our sets is read, and only what is
//   an address or prefix with a time: a rule that somebody else put there without one is not ours to end.
// Trap: a list is read between two seconds, and times are cut to whole ones: a block in its last second has 0 left.
// Source: libnftables-json(5), ipset(8); tried with nftables 1.0.6 and ipset 7.17.

import { type BlockAction, blockActions, type StandingBlock } from "../../model/block.ts";
import { blockOf, targetOf } from "./block-target.ts";

type Standing = Omit<StandingBlock, "isOnProbation">;

/** Output of `nft -j list table inet portolan`; what is not understood is left out. */
export function readNftListing(text: string): Standing[] {
  const blocks: Standing[] = [];
  for (const entry of arrayAt(tryParse(text), "nftables")) {
    const set = objectAt(entry, "set");
    const action = actionOf(/^([a-z]+)_v[46](?:_nets)?$/.exec(textAt(set, "name"))?.[1]);
    if (action === undefined) continue;
    for (const element of arrayAt(set, "elem")) {
      const told = objectAt(element, "elem");
      const add = standing(targetText(told?.["val"]), action, told?.["expires"]);
      if (add !== undefined) blocks.push(add);
    }
  }
  return blocks;
}

/** Output of `ipset list` for one or more sets. */
export function readIpsetListing(text: string): Standing[] {
  const blocks: Standing[] = [];
  let action: BlockAction | undefined;
  for (const line of text.split("\n")) {
    const name = /^Name: (\S+)$/.exec(line)?.[1];
    if (name !== undefined) action = actionOf(/^portolan-([a-z]+)-v[46]$/.exec(name)?.[1]);
    const member = /^([0-9a-f.:/]+) timeout (\d+)$/.exec(line);
    const add = member && action && standing(member[1] ?? "", action, Number(member[2]));
    if (add) blocks.push(add);
  }
  return blocks;
}

function standing(text: string, action: BlockAction, leftSeconds: unknown): Standing | undefined {
  if (typeof leftSeconds !== "number" || !(leftSeconds >= 0) || blockOf(text) === undefined) return undefined;
  const target = targetOf(text);
  return "text" in target ? { target: target.text, action, leftMs: leftSeconds * 1_000 } : undefined;
}

const actionOf = (name: string | undefined): BlockAction | undefined =>
  blockActions.find((one) => one === name);

/** `"192.0.2.1"`, or `{"prefix": {"addr": "192.0.2.0", "len": 24}}`. */
function targetText(value: unknown): string {
  if (typeof value === "string") return value;
  const prefix = objectAt(value, "prefix");
  return `${textAt(prefix, "addr")}/${String(prefix?.["len"])}`;
}

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields => typeof value === "object" && value !== null;

function objectAt(value: unknown, key: string): Fields | undefined {
  const found = isObject(value) ? value[key] : undefined;
  return isObject(found) ? found : undefined;
}

function arrayAt(value: unknown, key: string): readonly unknown[] {
  const found = isObject(value) ? value[key] : undefined;
  return Array.isArray(found) ? found : [];
}

function textAt(value: Fields | undefined, key: string): string {
  const found = value?.[key];
  return typeof found === "string" ? found : "";
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
