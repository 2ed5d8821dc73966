// What: the nftables commands that block, unblock and list.
// Idea: one table of our own, so that nothing of anybody else's is touched, and taking it away undoes everything. One
//   command is one transaction: all of it or nothing.
// Trap: prefixes need sets with intervals, and those refuse what overlaps, even what the same transaction deletes: a
//   wider prefix takes two steps, and for that moment nobody is blocked. Addresses stand in sets of their own. An
//   element that is there keeps its timeout when it is added again: it is deleted first, and added before that, for
//   deleting what is not there fails. Packets to containers are forwarded, and see no input. A neighbour whose
//   solicitations are dropped cannot be answered, not even with a reset.
// Source: nft(8); kernel 4.1 (sets with timeout), 5.6 (interval sets with timeout); tried with nftables 1.0.6.

import { blockActions } from "../../model/block.ts";
import { blockOf } from "./block-target.ts";
import type { Blocked, Command, FirewallCommands } from "./command.ts";

const table = "inet portolan";
const actions = blockActions;
const families = [4, 6] as const;
/** Before the rules of others. */
const priority = -10;
/** Blocks in force are fewer (`blocksInForceMax`); this is what the kernel reserves. */
const setSize = 1_024;

export const nftCommands: FirewallCommands = {
  prepare: (neverBlock) => [transaction([...structure(), ...rules(), ...protectedElements(neverBlock)])],
  block: (block, leftMs, replaces) => {
    const timed = `${block.target} timeout ${Math.max(1, Math.ceil(leftMs / 1_000))}s`;
    const former = replaces.filter(
      ({ target, action }) => target !== block.target || action !== block.action,
    );
    const isInTheWay = (one: Blocked): boolean => setOf(one) === setOf(block);
    const same = former.filter(isInTheWay);
    const other = former.filter((one) => !isInTheWay(one));
    return [
      ...(same.length > 0 ? [transaction(same.flatMap(gone))] : []),
      transaction([...other.flatMap(gone), ...gone(block), `add ${element(block, timed)}`]),
    ];
  },
  unblock: (block) => [transaction(gone(block))],
  list: () => [{ args: ["nft", "-j", `list table ${table}`] }],
  remove: () => [transaction([`add table ${table}`, `delete table ${table}`])],
};

const transaction = (statements: readonly string[]): Command => ({ args: ["nft", statements.join("; ")] });

const element = (block: Blocked, text = block.target): string =>
  `element ${table} ${setOf(block)} { ${text} }`;

const gone = (block: Blocked): string[] => [`add ${element(block)}`, `delete ${element(block)}`];

const familyOf = (target: string): 4 | 6 => (target.includes(":") ? 6 : 4);
const setOf = ({ target, action }: Blocked): string =>
  `${action}_v${familyOf(target)}${target.includes("/") ? "_nets" : ""}`;

function structure(): string[] {
  const statements = [`add table ${table}`];
  for (const family of families) {
    const type = family === 4 ? "ipv4_addr" : "ipv6_addr";
    statements.push(`add set ${table} never_v${family} { type ${type}; flags interval; auto-merge; }`);
    for (const action of actions) {
      const set = `add set ${table} ${action}_v${family}`;
      statements.push(`${set} { type ${type}; flags timeout; size ${setSize}; }`);
      statements.push(`${set}_nets { type ${type}; flags interval,timeout; size ${setSize}; }`);
    }
  }
  statements.push(`add chain ${table} blocked`);
  for (const hook of ["input", "forward"]) {
    statements.push(
      `add chain ${table} ${hook} { type filter hook ${hook} priority ${priority}; policy accept; }`,
    );
  }
  return statements;
}

/** Rules have no name: they are flushed and written anew, in the same transaction. */
function rules(): string[] {
  const chain = (name: string, ...lines: readonly string[]): string[] => [
    `flush chain ${table} ${name}`,
    ...lines.map((line) => `add rule ${table} ${name} ${line}`),
  ];
  const lines = [
    'iifname "lo" return',
    "ip saddr @never_v4 return",
    "ip6 saddr @never_v6 return",
    neighbours,
  ];
  for (const family of families) {
    const source = family === 4 ? "ip saddr" : "ip6 saddr";
    for (const nets of ["", "_nets"]) {
      lines.push(`${source} @drop_v${family}${nets} counter drop`);
      lines.push(`${source} @reject_v${family}${nets} meta l4proto tcp counter reject with tcp reset`);
      lines.push(`${source} @reject_v${family}${nets} counter reject with icmpx type port-unreachable`);
    }
  }
  return [
    ...chain("blocked", ...lines),
    ...chain("input", "jump blocked"),
    ...chain("forward", "jump blocked"),
  ];
}

const neighbours = "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert } return";

function protectedElements(neverBlock: readonly string[]): string[] {
  return families.flatMap((family) => {
    const targets = neverBlock.flatMap((text) => {
      const block = blockOf(text.replace(/%.*$/, ""));
      return block?.family === family ? [block.prefix === 0 ? everything[family] : block.text] : [];
    });
    const set = `${table} never_v${family}`;
    const filled = targets.length > 0 ? [`add element ${set} { ${targets.join(", ")} }`] : [];
    return [`flush set ${set}`, ...filled];
  });
}

/** `nft` takes no prefix of length 0 in a set. */
const everything = { 4: "0.0.0.0-255.255.255.255", 6: "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" } as const;
