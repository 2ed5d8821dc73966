import { hostname } from "node:os";
import { hostScene } from "../../agent/host-scene.ts";
import { PortolanError } from "../../base/errors.ts";
import type { BlockRequest, FirewallName } from "../../model/block.ts";
import { leftMs, planBlock } from "../../sinks/firewall/block-plan.ts";
import { shellLine } from "../../sinks/firewall/command.ts";
import { cutCommands } from "../../sinks/firewall/cut-commands.ts";
import { ipsetCommands } from "../../sinks/firewall/ipset-commands.ts";
import { nftCommands } from "../../sinks/firewall/nft-commands.ts";
import { bootClock } from "../../sources/host/boot-time.ts";
import type { CommandContext } from "../command.ts";
import { refusalText } from "./refusal-text.ts";

interface Paste {
  readonly request: BlockRequest;
  readonly firewall: FirewallName;
  readonly never: readonly string[];
}

const ownNames = (): readonly string[] => ["localhost", hostname()];

/** Prints what a person would type on this machine; nothing is done, and no server is asked. */
export async function printCommands(context: CommandContext, host: string, paste: Paste): Promise<void> {
  const { say, terminal } = context;
  if (!ownNames().includes(host)) throw new PortolanError("invalid", say("block.print-elsewhere"));
  const { request, firewall, never } = paste;
  const now = bootClock()();
  // There is no server that must be heard; whoever is logged in must be.
  const see = hostScene({ listeners: () => [], servers: () => ["127.0.0.1"], never, ffi: true });
  const scene = await see({ id: "", kind: "preview", request, never: [], knownGood: [] });
  const decision = planBlock(request, { ...scene, blocks: [], now });
  if (decision.outcome === "refused")
    throw new PortolanError("conflict", refusalText(decision.refusal, context));
  if (decision.outcome !== "plan") return;
  const { block, replaces } = decision;
  const commands = firewall === "nftables" ? nftCommands : ipsetCommands;
  const lines = [
    ...commands.prepare(scene.neverBlock.map(({ target }) => target)),
    ...commands.block(block, leftMs(block, now), replaces),
    ...cutCommands(block.target),
  ];
  for (const line of lines) terminal.print(shellLine(line));
  for (const line of commands.unblock(block)) terminal.warn(say("block.undo", { line: shellLine(line) }));
}
