// What: the same where nftables is missing: ipset for who and until when, iptables for what happens to them.
// Idea: a set per action and family, in a chain of our own. Sets of type hash:net hold addresses and prefixes, nested
//   ones too, each with its own time.
// Trap: iptables has no transaction over both: sets and rules are made before anything is blocked, and a rule that
//   names a set keeps it from being destroyed. `-I INPUT 1`, never `-A`: behind an ACCEPT nothing is blocked. A rule
//   number belongs to `-I` only, which the article has wrong.
// Source: ipset(8), iptables(8), iptables-extensions(8); tried with ipset 7.17 and iptables 1.8.9, legacy and nf_tables.

import { blockActions } from "../../model/block.ts";
import { blockOf } from "./block-target.ts";
import type { Blocked, Command, FirewallCommands } from "./command.ts";

const actions = blockActions;
const families = [4, 6] as const;
const chain = "PORTOLAN";
/** `DOCKER-USER` is where Docker lets others decide; all that is forwarded passes FORWARD first. */
const parents = ["INPUT", "FORWARD"] as const;
const elementsMax = 1_024;

type Family = (typeof families)[number];

export const ipsetCommands: FirewallCommands = {
  prepare: (neverBlock) =>
    families.flatMap((family) => [
      ...sets(family),
      ...protectedElements(family, neverBlock),
      ...rules(family),
    ]),
  // The new one first: between the two commands nobody gets through.
  block: ({ target, action }, leftMs, replaces) => [
    run("ipset", "add", setOf(action, familyOf(target)), target, "timeout", secondsOf(leftMs), "-exist"),
    ...replaces.filter((one) => one.target !== target || one.action !== action).map(removed),
  ],
  unblock: (block) => [removed(block)],
  list: () =>
    actions.flatMap((action) => families.map((family) => run("ipset", "list", setOf(action, family)))),
  remove: () => families.flatMap((family) => [...rulesGone(family), ...setsGone(family)]),
};

const run = (...args: string[]): Command => ({ args });
/** `-w`: wait for whoever else changes rules. */
const iptables = (family: Family, ...args: readonly string[]): string[] => [
  family === 4 ? "iptables" : "ip6tables",
  "-w",
  ...args,
];
const familyOf = (target: string): Family => (target.includes(":") ? 6 : 4);
const setOf = (name: string, family: Family): string => `portolan-${name}-v${family}`;
const secondsOf = (ms: number): string => String(Math.max(1, Math.ceil(ms / 1_000)));
const removed = ({ target, action }: Blocked): Command =>
  run("ipset", "del", setOf(action, familyOf(target)), target, "-exist");

function sets(family: Family): Command[] {
  const inet = family === 4 ? "inet" : "inet6";
  const create = (name: string, ...more: readonly string[]): Command =>
    run(
      "ipset",
      "create",
      setOf(name, family),
      "hash:net",
      "family",
      inet,
      "maxelem",
      String(elementsMax),
      ...more,
      "-exist",
    );
  return [create("never"), ...actions.map((action) => create(action, "timeout", "0"))];
}

function protectedElements(family: Family, neverBlock: readonly string[]): Command[] {
  const never = setOf("never", family);
  const targets = neverBlock.flatMap((text) => {
    const block = blockOf(text.replace(/%.*$/, ""));
    if (block?.family !== family) return [];
    // A set of this type has no prefix of length 0.
    return block.prefix === 0 ? halvesOf[family] : [block.text];
  });
  return [
    run("ipset", "flush", never),
    ...targets.map((target) => run("ipset", "add", never, target, "-exist")),
  ];
}

const halvesOf = { 4: ["0.0.0.0/1", "128.0.0.0/1"], 6: ["::/1", "8000::/1"] } as const;

function rules(family: Family): Command[] {
  const from = (set: string): string[] => ["-m", "set", "--match-set", setOf(set, family), "src"];
  const add = (...rule: readonly string[]): Command => ({ args: iptables(family, "-A", chain, ...rule) });
  return [
    { args: iptables(family, "-N", chain), unless: iptables(family, "-n", "-L", chain) },
    { args: iptables(family, "-F", chain) },
    add("-i", "lo", "-j", "RETURN"),
    add(...from("never"), "-j", "RETURN"),
    ...(family === 6
      ? neighbours.map((type) => add("-p", "icmpv6", "--icmpv6-type", type, "-j", "RETURN"))
      : []),
    add(...from("drop"), "-j", "DROP"),
    add(...from("reject"), "-p", "tcp", "-j", "REJECT", "--reject-with", "tcp-reset"),
    add(...from("reject"), "-j", "REJECT"),
    ...parents.map((parent) => ({
      args: iptables(family, "-I", parent, "1", "-j", chain),
      unless: iptables(family, "-C", parent, "-j", chain),
    })),
  ];
}

/** A neighbour whose solicitations are dropped cannot be answered at all. */
const neighbours = ["neighbour-solicitation", "neighbour-advertisement", "router-advertisement"];

function rulesGone(family: Family): Command[] {
  return [
    ...parents.map((parent) => ({ args: iptables(family, "-D", parent, "-j", chain) })),
    { args: iptables(family, "-F", chain) },
    { args: iptables(family, "-X", chain) },
  ];
}

const setsGone = (family: Family): Command[] =>
  ["never", ...actions].map((name) => run("ipset", "destroy", setOf(name, family)));
