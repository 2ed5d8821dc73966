import { Option } from "commander";
import { parseDuration } from "../../base/duration.ts";
import { PortolanError } from "../../base/errors.ts";
import { showable } from "../../base/text.ts";
import type { EventRow, PortEventRow } from "../../app/views.ts";
import { endpointKey } from "../../model/endpoint.ts";
import { eventKinds } from "../../model/event.ts";
import type { EventKind } from "../../model/event.ts";
import { ownerLabel } from "../../model/owner.ts";
import type { Owner } from "../../model/owner.ts";
import { changesFoundExitCode } from "../command.ts";
import type { CommandContext, DefineCommand } from "../command.ts";
import { addConnectionOptions, withApi } from "../connection.ts";
import type { ConnectionOptions } from "../connection.ts";
import { sourcesText, verdictText } from "../connections/trouble-words.ts";
import { findHostId } from "../host-lookup.ts";
import { eventMarks, highRiskSign } from "../marks.ts";
import { printTable } from "../table.ts";
import { localTime } from "../time.ts";

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
  else print(context, rows);
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

function print({ terminal, say }: CommandContext, rows: readonly EventRow[]): void {
  printTable(
    terminal,
    [
      { title: say("column.time"), text: (row) => localTime(row.atMs), colours: () => ["dim"] },
      {
        title: say("column.event"),
        text: (row) => `${eventMarks[row.kind].sign} ${say(`kind.${row.kind}`)}`,
        colours: (row) => [eventMarks[row.kind].colour],
      },
      {
        title: "",
        text: (row) => ("trouble" in row || row.verdict.highRisk === null ? "" : highRiskSign),
        colours: () => ["red"],
      },
      { title: say("column.host"), text: (row) => showable(row.hostName), shrinkTo: 10 },
      {
        title: say("column.address"),
        text: (row) =>
          "trouble" in row ? verdictText(say, row.trouble) : showable(endpointKey(row.endpoint)),
        shrinkTo: 20,
      },
      {
        title: say("column.owner"),
        text: (row) => ("trouble" in row ? sourcesText(say, row.trouble) : ownersOf(row)),
        shrinkTo: 16,
      },
    ],
    rows,
  );
}

/** `nginx`, or `nginx → nc` where it changed. */
function ownersOf({ ownersBefore, ownersAfter }: PortEventRow): string {
  const text = (owners: readonly Owner[]): string =>
    owners.map((owner) => showable(ownerLabel(owner))).join(", ");
  const [before, after] = [text(ownersBefore), text(ownersAfter)];
  if (before === "" || after === "" || before === after) return after || before;
  return `${before} → ${after}`;
}
