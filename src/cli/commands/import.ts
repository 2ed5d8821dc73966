import { newId } from "../../base/id.ts";
import { showable } from "../../base/text.ts";
import {
  importHostsMax,
  type ImportAnswer,
  type ImportedHost,
  type ScanImport,
} from "../../model/scan-import.ts";
import type { ScannedHost, ScanResult } from "../../model/scan-result.ts";
import type { CommandContext, DefineCommand } from "../command.ts";
import { addConnectionOptions, withApi, type ConnectionOptions } from "../connection.ts";

interface ImportOptions extends ConnectionOptions {
  readonly vantage?: string;
  readonly json?: true;
}

/** In one request, however few the hosts: a body of some megabytes. */
const portsPerPartMax = 50_000;

export const defineImport: DefineCommand = (program, context) => {
  const { say } = context;
  addConnectionOptions(
    program
      .command("import")
      .description(say("import.about"))
      .argument("<file>", say("diff.file"))
      .option("--vantage <name>", say("import.vantage"))
      .option("--json", say("option.json")),
    context,
  ).action((file: string, options: ImportOptions) => run(context, file, options));
};

async function run(context: CommandContext, file: string, options: ImportOptions): Promise<void> {
  const { terminal, say, clock } = context;
  const { readScanFile } = await import("../../sinks/exchange/scan-file.ts");
  // Read to its end before anything is sent: a file that is cut is refused as a whole.
  const result = await readScanFile(file);
  const vantage = options.vantage ?? result.scanner;
  const common = {
    runId: newId(),
    vantage,
    endedAtMs: result.endedAtMs ?? result.startedAtMs ?? clock.nowMs(),
    asked: askedIn(result),
  };
  const answers = await withApi(context, options, async (api) => {
    const told: ImportAnswer[] = [];
    for (const hosts of partsOf(result.hosts.map(importedHost))) {
      told.push(
        (await api.send("POST", "/imports", { ...common, hosts } satisfies ScanImport)) as ImportAnswer,
      );
    }
    return told;
  });
  const sum = (of: (answer: ImportAnswer) => number): number =>
    answers.reduce((all, one) => all + of(one), 0);
  const total = {
    vantage,
    hosts: sum(({ hosts }) => hosts),
    ports: sum(({ ports }) => ports),
    events: sum(({ events }) => events),
    older: answers.flatMap(({ older }) => older),
  };
  if (options.json) return terminal.print(JSON.stringify(total, null, 2));
  const { hosts, ports, events, older } = total;
  terminal.print(say("import.done", { file: showable(file), hosts, ports, events }));
  if (older.length > 0)
    terminal.warn(say("import.older", { count: older.length, vantage: showable(vantage) }));
  if (common.asked === null) terminal.warn(say("import.not-asked"));
}

/** Null where silence says nothing: the file does not tell what was asked, or the scan was stopped. */
function askedIn({ scanned, complete }: ScanResult): ScanImport["asked"] {
  if (!complete || scanned === null) return null;
  return Object.entries(scanned).map(([transport, ports]) => ({
    transport: transport as "tcp" | "udp" | "sctp",
    ports,
  }));
}

function importedHost({ address, ports }: ScannedHost): ImportedHost {
  return {
    address,
    open: ports.filter(({ state }) => state === "open").map(({ transport, port }) => ({ transport, port })),
  };
}

/** Parts that one request may hold; every host whole. */
function* partsOf(hosts: readonly ImportedHost[]): Generator<ImportedHost[]> {
  let part: ImportedHost[] = [];
  let ports = 0;
  for (const host of hosts) {
    if (part.length === importHostsMax || (part.length > 0 && ports + host.open.length > portsPerPartMax)) {
      yield part;
      part = [];
      ports = 0;
    }
    part.push(host);
    ports += host.open.length;
  }
  if (part.length > 0) yield part;
}
