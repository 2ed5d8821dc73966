import { formatDuration } from "../../base/duration.ts";
import { showable } from "../../base/text.ts";
import type { BlockedTarget, HostBlocks } from "../../app/host-blocks.ts";
import type { Host } from "../../model/host.ts";
import type { CommandContext, DefineCommand } from "../command.ts";
import { addConnectionOptions, withApi, type ConnectionOptions } from "../connection.ts";
import { printTable } from "../table.ts";

interface BlocksOptions extends ConnectionOptions {
  readonly json?: true;
}

interface Row extends BlockedTarget {
  readonly host: string;
}

export const defineBlocks: DefineCommand = (program, context) => {
  const { say } = context;
  addConnectionOptions(
    program.command("blocks").description(say("blocks.about")).option("--json", say("option.json")),
    context,
  ).action((options: BlocksOptions) => run(context, options));
};

async function run(context: CommandContext, options: BlocksOptions): Promise<void> {
  const { say, terminal, clock } = context;
  const { hosts, names } = await withApi(context, options, async (api) => {
    const known = (await api.get("/hosts", { limit: 1000 })) as { readonly rows: readonly Host[] };
    return {
      hosts: ((await api.get("/blocks")) as { readonly hosts: readonly HostBlocks[] }).hosts,
      names: new Map(known.rows.map(({ id, hostname }) => [id, hostname])),
    };
  });
  if (options.json) return terminal.print(JSON.stringify({ hosts }, null, 2));
  const rows = hosts.flatMap(({ hostId, blocks }): Row[] =>
    blocks.map((block) => ({ ...block, host: names.get(hostId) ?? hostId })),
  );
  for (const { hostId, state, problem } of hosts) {
    if (state === "ready") continue;
    const told = { host: showable(names.get(hostId) ?? hostId), problem: problem ?? "" };
    terminal.warn(say(`blocks.${state}`, told));
  }
  if (hosts.length === 0) return terminal.warn(say("blocks.off-everywhere"));
  if (rows.length === 0) return terminal.warn(say("blocks.none"));
  const left = (row: Row): string =>
    formatDuration(Math.max(1, Math.ceil((row.untilMs - clock.nowMs()) / 1_000)) * 1_000);
  printTable(
    terminal,
    [
      { title: say("blocks.column.host"), text: ({ host }) => showable(host) },
      { title: say("blocks.column.target"), text: ({ target }) => showable(target) },
      { title: say("blocks.column.action"), text: ({ action }) => action },
      { title: say("blocks.column.left"), text: left },
      { title: say("blocks.column.by"), text: ({ by }) => showable(by ?? "?") },
      {
        title: say("blocks.column.state"),
        text: ({ isOnProbation }) => (isOnProbation ? say("blocks.probation") : ""),
      },
    ],
    rows,
  );
}
