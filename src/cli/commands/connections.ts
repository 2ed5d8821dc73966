import { Option } from "commander";
import type { CommandContext, DefineCommand } from "../command.ts";
import type { View } from "../connections/views.ts";
import type { SocketSource } from "../connections/socket-source.ts";
import type { CensusQuestion } from "../../sources/host/socket-census.ts";

const lists = ["state", "port", "remote", "prefix", "process", "socket"] as const;

interface ConnectionsOptions {
  readonly by?: (typeof lists)[number];
  readonly state?: readonly string[];
  readonly port?: string;
  readonly read?: string;
  readonly limit?: string;
  readonly watch?: true;
  readonly json?: true;
  readonly ffi: boolean;
}

const watchIntervalMs = 2000;
/** Lines of a list; in the overview there are three of them. */
const limits = { list: 20, overview: 5 };
const clearScreen = "\u001b[H\u001b[2J";

const collectWords = (word: string, words: readonly string[] = []): readonly string[] => [...words, word];

export const defineConnections: DefineCommand = (program, context) => {
  const { say } = context;
  program
    .command("connections")
    .description(say("connections.about"))
    .addOption(new Option("--by <list>", say("connections.by")).choices(lists))
    .option("--state <states>", say("connections.state"), collectWords)
    .option("--port <list>", say("connections.port"))
    .option("--read <file>", say("connections.read"))
    .option("--limit <n>", say("connections.limit"))
    .addOption(new Option("--watch", say("connections.watch")).conflicts("read"))
    .option("--json", say("option.json"))
    .option("--no-ffi", say("option.no-ffi"))
    .addHelpText("after", `\n${say("connections.help")}`)
    .action((options: ConnectionsOptions) => run(context, options));
};

async function run(context: CommandContext, options: ConnectionsOptions): Promise<void> {
  const { say, terminal, signal } = context;
  const { parseLimit, parseStates, limitMax } = await import("../connections/question.ts");
  const { parsePorts } = await import("../ports/port-filter.ts");
  const question: CensusQuestion = {
    states: options.state === undefined ? null : parseStates(options.state, say),
    udp: options.state === undefined,
    ports: options.port === undefined ? null : parsePorts(options.port, say),
  };
  const usual = options.json ? limitMax : options.by === undefined ? limits.overview : limits.list;
  const limit = options.limit === undefined ? usual : parseLimit(options.limit, say);
  const source = await openSource(context, options);
  try {
    await show(context, options, { source, question, limit });
    while (options.watch) {
      const { sleep } = await import("../../agent/sleep.ts");
      await sleep(watchIntervalMs, signal);
      if (signal.aborted) return;
      if (terminal.columns !== null && !options.json) terminal.print(clearScreen);
      await show(context, options, { source, question, limit });
    }
  } finally {
    source.close();
  }
}

async function openSource(
  { say, terminal }: CommandContext,
  { read, ffi }: ConnectionsOptions,
): Promise<SocketSource> {
  const { savedSockets, thisMachine } = await import("../connections/socket-source.ts");
  if (read === undefined) return thisMachine({ ffi });
  const { readSavedText } = await import("../saved-text.ts");
  const { showable } = await import("../../base/text.ts");
  const source = savedSockets(await readSavedText(read, say));
  const [first] = source.skipped;
  if (first !== undefined) {
    const told = { count: source.skipped.length, line: first.line, reason: showable(first.reason) };
    terminal.warn(say("ports.skipped", told));
  }
  return source;
}

interface Asked {
  readonly source: SocketSource;
  readonly question: CensusQuestion;
  readonly limit: number;
}

async function show(context: CommandContext, options: ConnectionsOptions, asked: Asked): Promise<void> {
  const { terminal } = context;
  const { source, question, limit } = asked;
  const views = await import("../connections/views.ts");
  const prints = await import("../connections/tables.ts");
  const finish = (answer: object & { readonly limits: readonly string[] }, print: () => void): void => {
    if (options.json) terminal.print(JSON.stringify(answer));
    else print();
    for (const told of answer.limits) terminal.warn(told);
  };
  const list = <Row>(view: View<Row>, print: (rows: readonly Row[]) => void): void =>
    finish(view, () => {
      if (view.rows.length === 0) terminal.warn(context.say("connections.none"));
      print(view.rows);
      prints.printOthers(context, view.others);
    });
  switch (options.by) {
    case undefined: {
      const { printOverview } = await import("../connections/overview.ts");
      const view = await views.overview(source, question, limit);
      return finish(view, () => printOverview(context, view));
    }
    case "state": {
      const view = await views.viewStates(source, question, options.ffi);
      if (options.json) terminal.print(JSON.stringify({ counts: view.counts }));
      else prints.printStates(context, view.counts, question.states);
      for (const told of view.limits) terminal.warn(told);
      return;
    }
    case "port":
      return list(await views.viewPorts(source, question, limit), (rows) => prints.printPorts(context, rows));
    case "remote":
    case "prefix":
      return list(views.viewRemotes(source, question, limit, options.by), (rows) =>
        prints.printRemotes(context, rows, options.by === "prefix" ? "prefix" : "remote"),
      );
    case "process":
      return list(await views.viewProcesses(source, question, limit), (rows) =>
        prints.printProcesses(context, rows),
      );
    case "socket":
      return list(await views.viewSockets(source, question, limit), (rows) =>
        prints.printSockets(context, rows),
      );
  }
}
