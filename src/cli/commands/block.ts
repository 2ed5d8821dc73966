import { Option } from "commander";
import { parseDuration } from "../../base/duration.ts";
import { PortolanError } from "../../base/errors.ts";
import { showable } from "../../base/text.ts";
import { firewallNames, type BlockPreview, type FirewallName } from "../../model/block.ts";
import type { BlockDeed } from "../../model/block-deed.ts";
import type { BlockReport } from "../../model/block-order.ts";
import type { CommandContext, DefineCommand } from "../command.ts";
import { addConnectionOptions, withApi, type ConnectionOptions } from "../connection.ts";

interface BlockOptions extends ConnectionOptions {
  readonly for: string;
  readonly reject?: true;
  readonly preview?: true;
  readonly print?: true;
  readonly firewall: FirewallName;
  readonly acceptKnown: string;
  readonly json?: true;
}

const durationDefault = "1h";
/** Connections that a preview shows to a person. */
const shownMax = 20;

export const defineBlock: DefineCommand = (program, context) => {
  const { say } = context;
  addConnectionOptions(
    program
      .command("block")
      .description(say("block.about"))
      .argument("<host>", say("block.host"))
      .argument("<target>", say("block.target"))
      .option("--for <duration>", say("block.for"), durationDefault)
      .option("--reject", say("block.reject"))
      .option("--preview", say("block.preview"))
      .option("--accept-known <n>", say("block.accept-known"), "0")
      .option("--print", say("block.print"))
      .addOption(
        new Option("--firewall <name>", say("block.firewall")).choices(firewallNames).default("nftables"),
      )
      .option("--json", say("option.json")),
    context,
  ).action((host: string, target: string, options: BlockOptions) => run(context, host, target, options));
};

async function run(
  context: CommandContext,
  host: string,
  target: string,
  options: BlockOptions,
): Promise<void> {
  const { say, terminal } = context;
  const wish = {
    target,
    action: options.reject ? "reject" : "drop",
    durationMs: durationOf(options.for, context),
    acceptedPeers: countOf(options.acceptKnown, context),
    origin: "operator",
  } as const;
  if (options.print) {
    const { printCommands } = await import("../blocks/paste.ts");
    const request = { ...wish, by: "" };
    return printCommands(context, host, { request, firewall: options.firewall, never: [] });
  }
  const { findHostId } = await import("../host-lookup.ts");
  const answer = await withApi(context, options, async (api) => {
    const path = `/hosts/${await findHostId(api, host, context)}/blocks`;
    return options.preview
      ? { report: (await api.send("POST", `${path}/preview`, wish)) as BlockReport }
      : { deed: (await api.send("POST", path, wish)) as BlockDeed };
  });
  if (options.json) terminal.print(JSON.stringify(answer.report ?? answer.deed, null, 2));
  if (answer.report !== undefined) return tellPreview(context, answer.report, options.json === true);
  await tellDeed(context, answer.deed);
  if (!options.json)
    terminal.print(say("block.deed", { target: answer.deed.target, state: answer.deed.state }));
}

async function tellPreview(context: CommandContext, report: BlockReport, isTold: boolean): Promise<void> {
  const { say, terminal } = context;
  if (report.preview !== null && !isTold) printPreview(context, report.preview);
  if (report.refusal !== null) {
    const { refusalText } = await import("../blocks/refusal-text.ts");
    throw new PortolanError("conflict", refusalText(report.refusal, context));
  }
  if (!isTold) terminal.print(say(report.outcome === "in-force" ? "block.in-force" : "block.possible"));
}

function printPreview({ say, terminal }: CommandContext, preview: BlockPreview): void {
  terminal.print(say("block.would-cut", { count: preview.connectionCount }));
  for (const { remote, remotePort, localPort, state, process } of preview.connections.slice(0, shownMax)) {
    terminal.print(showable(`  ${remote} ${remotePort} → ${localPort} ${state} ${process ?? ""}`.trimEnd()));
  }
  if (preview.knownGoodCount > 0) {
    terminal.print(say("block.known", { count: preview.knownGoodCount }));
    for (const peer of preview.knownGood.slice(0, shownMax)) terminal.print(`  ${showable(peer)}`);
  }
  for (const warning of preview.warnings) terminal.print(`! ${say(`block.warning.${warning}`)}`);
}

/** Throws what a script must notice: that it is not blocked. */
export async function tellDeed(context: CommandContext, deed: BlockDeed): Promise<void> {
  const { say } = context;
  if (deed.refusal !== null) {
    const { refusalText } = await import("../blocks/refusal-text.ts");
    throw new PortolanError("conflict", refusalText(deed.refusal, context));
  }
  if (deed.state === "failed") throw new PortolanError("unavailable", showable(deed.message ?? deed.state));
  if (deed.state === "waiting" || deed.state === "lapsed")
    throw new PortolanError("unavailable", say("block.no-answer"));
}

function durationOf(text: string, { say }: CommandContext): number {
  const parsed = parseDuration(text);
  if ("value" in parsed) return parsed.value;
  throw new PortolanError("invalid", say("block.bad-duration", { text: showable(text) }));
}

function countOf(text: string, { say }: CommandContext): number {
  if (/^\d{1,7}$/.test(text)) return Number(text);
  throw new PortolanError("invalid", say("block.bad-count", { text: showable(text) }));
}
