// What: the firewall of this host, told what to block, and asked what is blocked.
// Idea: nothing is remembered here: every question goes to the kernel, so that an agent that was killed finds what it
//   left. Each block has its end in the kernel itself.
// Trap: nft does a list of changes as a whole or not at all; iptables does one after the other, so what makes room for
//   a block comes before it and what it replaces goes after it.
// Source: nft-commands.ts, ipset-commands.ts, cut-commands.ts.

import { PortolanError } from "../../base/errors.ts";
import type { FirewallName, StandingBlock } from "../../model/block.ts";
import type { Blocked, Command, FirewallCommands } from "./command.ts";
import { cutCommands } from "./cut-commands.ts";
import { ipsetCommands } from "./ipset-commands.ts";
import { nftCommands } from "./nft-commands.ts";
import type { Ended, RunProgram } from "./run-program.ts";
import { readIpsetListing, readNftListing } from "./standing-blocks.ts";

/** Each throws `unavailable` with the program's own words when the kernel does not do as told. */
export interface Firewall {
  readonly name: FirewallName;
  /** `leftMs` from now on. `never` passes in the kernel before anything is blocked; null: as it was told before. */
  block(
    block: Blocked,
    leftMs: number,
    replaces: readonly Blocked[],
    never: readonly string[] | null,
  ): Promise<void>;
  unblock(block: Blocked): Promise<void>;
  /** Ends what is connected to a target. False: it could not, and what is connected ends by its own timeouts. */
  cut(target: string): Promise<boolean>;
  standing(): Promise<Omit<StandingBlock, "isOnProbation">[]>;
  /** Takes everything away, whatever state it is in. */
  clear(): Promise<void>;
}

export type FirewallProblem = "no-tools" | "no-rights";

interface Kind {
  readonly name: FirewallName;
  readonly commands: FirewallCommands;
  readonly read: (listing: string) => Omit<StandingBlock, "isOnProbation">[];
  /** Succeed only with the programs, the kernel's parts and the rights to use them. */
  readonly probes: readonly (readonly string[])[];
}

const kinds: readonly Kind[] = [
  { name: "nftables", commands: nftCommands, read: readNftListing, probes: [["nft", "list", "tables"]] },
  {
    name: "iptables",
    commands: ipsetCommands,
    read: readIpsetListing,
    probes: [
      ["ipset", "list", "-n"],
      ["iptables", "-w", "-n", "-L", "INPUT"],
      ["ip6tables", "-w", "-n", "-L", "INPUT"],
    ],
  },
];

/** nftables where it works, else iptables with ipset; else what is missing. */
export async function openFirewall(
  run: RunProgram,
  names: readonly FirewallName[] = kinds.map(({ name }) => name),
): Promise<Firewall | { readonly unavailable: FirewallProblem }> {
  let unavailable: FirewallProblem = "no-tools";
  for (const kind of kinds.filter(({ name }) => names.includes(name))) {
    const failed = await firstFailure(kind.probes, run);
    if (failed === undefined) return firewallOf(kind, run);
    if (/not permitted|permission denied|must be root/i.test(failed.complaint)) unavailable = "no-rights";
  }
  return { unavailable };
}

async function firstFailure(
  probes: readonly (readonly string[])[],
  run: RunProgram,
): Promise<Ended | undefined> {
  for (const probe of probes) {
    const ended = await run(probe);
    if (ended.code !== 0) return ended;
  }
  return undefined;
}

function firewallOf({ name, commands, read }: Kind, run: RunProgram): Firewall {
  const listed = async (): Promise<Omit<StandingBlock, "isOnProbation">[]> => {
    const blocks = [];
    for (const { args } of commands.list()) {
      const ended = await run(args);
      if (ended.code === 0) blocks.push(...read(ended.output));
      else if (!/no such file|does not exist/i.test(ended.complaint)) throw failure(args, ended);
    }
    return blocks;
  };
  return {
    name,
    async block(block, leftMs, replaces, never) {
      const before = never === null ? [] : commands.prepare(never);
      for (const command of before) await carryOut(command, run);
      for (const command of commands.block(block, leftMs, replaces)) await carryOut(command, run);
    },
    async unblock(block) {
      for (const command of commands.unblock(block)) await carryOut(command, run);
    },
    async cut(target) {
      const outcomes = await Promise.all(cutCommands(target).map((command) => isDone(command, run)));
      return outcomes.every(Boolean);
    },
    standing: listed,
    async clear() {
      for (const { args } of commands.remove()) await run(args);
      const left = await listed();
      if (left.length > 0) {
        throw new PortolanError("unavailable", `${left.length} blocks could not be taken away from ${name}.`);
      }
    },
  };
}

async function carryOut({ args, unless, mayFail }: Command, run: RunProgram): Promise<void> {
  if (unless !== undefined && (await run(unless)).code === 0) return;
  const ended = await run(args);
  if (ended.code !== 0 && mayFail !== true) throw failure(args, ended);
}

const isDone = (command: Command, run: RunProgram): Promise<boolean> =>
  carryOut(command, run).then(
    () => true,
    () => false,
  );

function failure([program = ""]: readonly string[], { complaint, isMissing }: Ended): PortolanError {
  return new PortolanError("unavailable", `${program}: ${isMissing ? "is not installed" : complaint}`, {
    hint: "Run portolan doctor on that host, and look whether another program manages its firewall.",
  });
}
