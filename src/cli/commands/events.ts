import { Option } from "commander";
import { parseDuration } from "../../base/duration.ts";
import { PortolanError } from "../../base/errors.ts";
import { showable } from "../../base/text.ts";
import type { EventRow } from "../../app/views.ts";
import { eventKinds } from "../../model/event.ts";
import type { EventKind } from "../../model/event.ts";
import { changesFoundExitCode } from "../command.ts";
import type { CommandContext, DefineCommand } from "../command.ts";
import { addConnectionOptions, withApi } from "../connection.ts";
import type { ConnectionOptions } from "../connection.ts";
import { findHostId } from "../host-lookup.ts";

interface EventsOptions extends ConnectionOptions {
  readonly json?: true;
  readonly kind?: readonly EventKind[];
  readonly failOn?: readonly EventKind[];
  readonly host?: string;
  readonly port?: string;
  readonly since?: string;
  readonly limit: string;
}

const limitMax = 1000;

export const defineEvents: DefineCommand = (program, context) => {
  const { say } = context;
  const kinds = (flags: string, about: string): Option =>
    new Option(flags, about)
      .choices(eventKinds)
      .argParser((value: string, before: EventKind[] | undefined) => {
        if ((eventKinds as readonly string[]).includes(value)) return [...(before ?? []), value as EventKind];
        throw new PortolanError("invalid", `${flags.split(" ")[0]}: ${eventKinds.join(" | ")}`);
      });
  addConnectionOptions(
    program
      .command("events")
      .description(say("events.about"))
      .addOption(kinds("--kind <kind>", say("events.kind")))
      .option("--host <name>", say("events.host"))
      .option("--port <port>", say("events.port"))
      .option("--since <duration>", say("events.since"))
      .option("--limit <n>", say("events.limit"), "100")
      .addOption(kinds("--fail-on <kind>", say("events.fail-on")))
      .option("--json", say("option.json")),
    context,
  ).action((options: EventsOptions) => run(context, options));
};

async function run(context: CommandContext, options: EventsOptions): Promise<void> {
  const { say, terminal, setExitCode } = context;
  const query = queryOf(context, options);
  const rows = await withApi(context, options, async (api) => {
    const host = options.host === undefined ? undefined : await findHostId(api, options.host, context);
    return ((await api.get("/events", { ...query, host })) as { readonly rows: readonly EventRow[] }).rows;
  });
  if (options.json) terminal.print(JSON.stringify({ rows }, null, 2));
  else if (rows.length === 0) terminal.warn(say("events.none"));
  else {
    const { printEvents } = await import("../events/table.ts");
    printEvents(context, rows);
  }
  if (rows.some(({ kind }) => options.failOn?.includes(kind))) setExitCode(changesFoundExitCode);
}

function queryOf({ say, clock }: CommandContext, { kind, port, since, limit }: EventsOptions) {
  if (!/^\d{1,4}$/.test(limit) || Number(limit) < 1 || Number(limit) > limitMax) {
    throw new PortolanError("invalid", `--limit: ${say("events.bad-limit", { text: showable(limit) })}`);
  }
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) <= 65_535)) {
    throw new PortolanError("invalid", `--port: ${say("events.bad-port", { text: showable(port) })}`);
  }
  let from: number | undefined;
  if (since !== undefined) {
    const parsed = parseDuration(since);
    if (!("value" in parsed)) {
      const said = say("events.bad-duration", { text: showable(since), problem: parsed.problem });
      throw new PortolanError("invalid", `--since: ${said}`);
    }
    from = Math.max(0, clock.nowMs() - parsed.value);
  }
  return { kind, port, from, limit };
}
