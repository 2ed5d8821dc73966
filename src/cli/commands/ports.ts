import { Option } from "commander";
import { bindingScopes, transports } from "../../model/endpoint.ts";
import type { BindingScope } from "../../model/endpoint.ts";
import { changesFoundExitCode } from "../command.ts";
import type { CommandContext, DefineCommand } from "../command.ts";
import type { PortComparison } from "../ports/port-comparison.ts";
import type { PortFilterOptions } from "../ports/port-filter.ts";
import type { PortRow } from "../ports/port-row.ts";
import type { PortReading } from "../ports/port-reading.ts";

interface PortsOptions extends PortFilterOptions {
  readonly json?: true;
  readonly allNamespaces?: true;
  readonly from?: string;
  readonly compare?: string;
  readonly watch?: true;
  readonly ffi: boolean;
}

const watchIntervalMs = 2000;

export const definePorts: DefineCommand = (program, context) => {
  const { say } = context;
  program
    .command("ports")
    .description(say("ports.about"))
    .option("--json", say("option.json"))
    .addOption(new Option("--all-namespaces", say("ports.all-namespaces")).conflicts("from"))
    .option("--from <file>", say("ports.from"))
    .option("--port <list>", say("ports.port"))
    .addOption(new Option("--transport <transport>", say("ports.transport")).choices(transports))
    .addOption(new Option("--listening-on <scope>", say("ports.listening-on")).choices(bindingScopes))
    .option("--process <text>", say("ports.process"))
    .option("--user <name>", say("ports.user"))
    .option("--compare <file>", say("ports.compare"))
    .addOption(new Option("--watch", say("ports.watch")).conflicts(["from", "compare", "json"]))
    .option("--no-ffi", say("option.no-ffi"))
    .addHelpText("after", `\n${say("ports.help")}`)
    .action((options: PortsOptions) => run(context, options));
};

async function run(context: CommandContext, options: PortsOptions): Promise<void> {
  const { terminal } = context;
  const { readFromText, readThisMachine } = await import("../ports/port-reading.ts");
  const { portFilter } = await import("../ports/port-filter.ts");
  const passes = portFilter(options, context.say);
  const read = async (): Promise<PortReading> => {
    const reading =
      options.from === undefined
        ? await readThisMachine({ ffi: options.ffi, allNamespaces: options.allNamespaces === true })
        : await readFromText(options.from, context.say);
    return { ...reading, rows: reading.rows.filter(passes) };
  };
  const reading = await read();
  if (options.compare !== undefined) return compare(context, options, options.compare, reading.rows);
  if (options.json) {
    return terminal.print(JSON.stringify({ rows: reading.rows, skipped: reading.skipped }, null, 2));
  }
  await print(context, options, reading);
  if (options.watch) await watch(context, reading.rows, read);
}

async function print(context: CommandContext, options: PortsOptions, reading: PortReading): Promise<void> {
  const { terminal, say } = context;
  const { printPorts } = await import("../ports/port-table.ts");
  const { rows, skipped } = reading;
  if (rows.length > 0) printPorts(terminal, say, rows);
  else if (options.from === undefined) terminal.warn(say("ports.none"));
  else terminal.warn(say("ports.nothing-read", { file: options.from }));
  const [first] = skipped;
  if (first !== undefined) {
    const { showable } = await import("../../base/text.ts");
    const reason = showable(first.reason);
    terminal.warn(say("ports.skipped", { count: skipped.length, line: first.line, reason }));
  }
  const unknown = rows.filter(({ ownerUnknown }) => ownerUnknown !== null);
  for (const reason of options.from === undefined ? new Set(unknown.map((row) => row.ownerUnknown)) : []) {
    const count = unknown.filter((row) => row.ownerUnknown === reason).length;
    terminal.warn(say("ports.owners-unknown", { count, reason: reason ?? "" }));
  }
  const bound = (scope: BindingScope): number => rows.filter((row) => row.scope === scope).length;
  if (terminal.columns !== null && rows.length > 0) {
    const counts = { count: rows.length, all: bound("all"), loopback: bound("loopback") };
    terminal.warn(terminal.paint(say("ports.summary", counts), "dim"));
  }
}

async function compare(
  context: CommandContext,
  options: PortsOptions,
  file: string,
  rows: readonly PortRow[],
): Promise<void> {
  const { terminal, say, setExitCode } = context;
  const { comparePorts, isEmptyComparison, readSavedRows } = await import("../ports/port-comparison.ts");
  const { portFilter } = await import("../ports/port-filter.ts");
  const comparison = comparePorts(readSavedRows(file, say).filter(portFilter(options, say)), rows);
  if (options.json) terminal.print(JSON.stringify(comparison, null, 2));
  else if (isEmptyComparison(comparison)) terminal.warn(say("ports.no-difference"));
  else await printComparison(context, comparison);
  if (!isEmptyComparison(comparison)) setExitCode(changesFoundExitCode);
}

async function printComparison(
  context: CommandContext,
  comparison: PortComparison,
  stamp = "",
): Promise<void> {
  const { terminal, say } = context;
  const { eventMarks } = await import("../marks.ts");
  const { changeText, rowText } = await import("../ports/port-table.ts");
  const line = (kind: "new" | "down" | "changed", text: string): void => {
    const { sign, colour } = eventMarks[kind];
    terminal.print(`${stamp}${terminal.paint(`${sign} ${say(`kind.${kind}`)}`, colour)}  ${text}`);
  };
  for (const row of comparison.added) line("new", rowText(row));
  for (const row of comparison.removed) line("down", rowText(row));
  for (const { before, after } of comparison.changed) line("changed", changeText(before, after));
}

async function watch(
  context: CommandContext,
  first: readonly PortRow[],
  read: () => Promise<PortReading>,
): Promise<void> {
  const { terminal, say, signal, clock } = context;
  const { sleep } = await import("../../agent/sleep.ts");
  const { comparePorts } = await import("../ports/port-comparison.ts");
  const { localTime } = await import("../time.ts");
  terminal.warn(terminal.paint(say("ports.watching"), "dim"));
  let rows = first;
  for (;;) {
    await sleep(watchIntervalMs, signal);
    if (signal.aborted) return;
    const now = (await read()).rows;
    await printComparison(context, comparePorts(rows, now), `${localTime(clock.nowMs())}  `);
    rows = now;
  }
}
