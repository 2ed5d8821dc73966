import { showable } from "../../base/text.ts";
import type { HealthReport, HostRow, Overview } from "../../app/views.ts";
import type { CommandContext, DefineCommand } from "../command.ts";
import { addConnectionOptions, withApi } from "../connection.ts";
import type { ConnectionOptions } from "../connection.ts";
import { printTable } from "../table.ts";
import type { Colour } from "../terminal.ts";
import { localTime } from "../time.ts";

interface StatusOptions extends ConnectionOptions {
  readonly json?: true;
}

/** What a failing server means to a script. */
const failingExitCode = 1;

const colours: Readonly<Record<string, Colour>> = {
  ok: "green",
  degraded: "yellow",
  limited: "yellow",
  late: "yellow",
  silent: "red",
  failing: "red",
};

export const defineStatus: DefineCommand = (program, context) => {
  const { say } = context;
  addConnectionOptions(
    program.command("status").description(say("status.about")).option("--json", say("option.json")),
    context,
  ).action((options: StatusOptions) => run(context, options));
};

async function run(context: CommandContext, options: StatusOptions): Promise<void> {
  const { terminal, setExitCode } = context;
  const { health, open, hosts } = await withApi(context, options, async (api) => ({
    health: (await api.get("/health")) as Health,
    open: ((await api.get("/overview")) as Overview).open,
    hosts: ((await api.get("/hosts", { limit: 1000 })) as { readonly rows: readonly HostRow[] }).rows,
  }));
  if (health.status === "failing") setExitCode(failingExitCode);
  if (options.json) {
    terminal.print(JSON.stringify({ ...health, open, hosts }, null, 2));
    return;
  }
  print(context, health, open, hosts);
}

interface Health extends HealthReport {
  readonly version: string;
}

function print(
  { terminal, say }: CommandContext,
  health: Health,
  open: Overview["open"],
  hosts: readonly HostRow[],
): void {
  const state = (status: HealthReport["status"]): string =>
    terminal.paint(say(`status.check-${status}`), colours[status] ?? "dim");
  terminal.print(say("status.server", { version: health.version, status: state(health.status) }));
  terminal.print(
    say("status.open", { up: open.up, hosts: open.hosts, all: open.allInterfaces, risky: open.highRisk }),
  );
  for (const check of health.checks.filter(({ status }) => status !== "ok")) {
    terminal.print(`  ${state(check.status)} ${check.name}: ${showable(check.what)}`);
    if (check.mend !== null) terminal.print(`    → ${showable(check.mend)}`);
  }
  if (hosts.length === 0) return;
  terminal.print("");
  const lastLookMs = (host: HostRow): number | null =>
    host.sources.reduce<number | null>(
      (last, { lastLookMs: ms }) => (ms === null ? last : Math.max(ms, last ?? 0)),
      null,
    );
  printTable(
    terminal,
    [
      { title: say("column.host"), text: (host) => showable(host.hostname), shrinkTo: 12 },
      {
        title: say("column.state"),
        text: (host) => host.health,
        colours: (host) => [colours[host.health] ?? "dim"],
      },
      { title: say("column.ports"), text: (host) => String(host.ports.up), align: "right" },
      { title: say("column.last-look"), text: (host) => localTime(lastLookMs(host)) },
      {
        title: "",
        text: (host) => showable(host.sources.flatMap(({ limits }) => limits).join("; ")),
        shrinkTo: 20,
      },
    ],
    hosts,
  );
}
