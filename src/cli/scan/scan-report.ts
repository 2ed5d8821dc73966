import { compareAddresses } from "../../base/ip.ts";
import type { Finding, ScanListener, ScanProgress, ScanSummary } from "../../sources/scan/scan.ts";
import type { CommandContext } from "../command.ts";
import { printTable } from "../table.ts";

/** Where there is no line to write over, one is written so often. */
const plainLineEveryMs = 5_000;

export interface ScanReport extends ScanListener {
  end(summary: ScanSummary): void;
}

/** One line of JSON per finding as it comes, and one at the end. Field names are stable. */
export function jsonReport({ terminal }: CommandContext): ScanReport {
  const print = (line: Readonly<Record<string, unknown>>): void => terminal.print(JSON.stringify(line));
  return {
    found: ({ address, transport, port, state, reason }) =>
      print({ type: "endpoint", address, transport, port, state, reason }),
    answersEverywhere: (address) => print({ type: "answers-everywhere", address }),
    progress: () => undefined,
    end: (summary) => print({ type: "summary", ...summary }),
  };
}

/** A line of progress while it runs, a table when it is over. */
export function tableReport(context: CommandContext): ScanReport {
  const { terminal, say } = context;
  const findings: Finding[] = [];
  const everywhere = new Set<string>();
  let toldMs = 0;
  const line = ({ done, pass, open, loss, packetsPerSecond, elapsedMs }: ScanProgress): string =>
    say("scan.progress", {
      done: (done * 100).toFixed(0),
      pass,
      open,
      rate: Math.round(packetsPerSecond),
      loss: (loss * 100).toFixed(1),
      left: remaining(done, elapsedMs),
    });
  return {
    found: (finding) => void findings.push(finding),
    answersEverywhere: (address) => void everywhere.add(address),
    progress(progress) {
      if (terminal.status !== null) return terminal.status(line(progress));
      if (progress.elapsedMs - toldMs < plainLineEveryMs) return;
      toldMs = progress.elapsedMs;
      terminal.warn(line(progress));
    },
    end(summary) {
      terminal.status?.(null);
      const rows = findings
        .filter(({ address }) => !everywhere.has(address))
        .sort((a, b) => compareAddresses(a.address, b.address) || a.port - b.port);
      if (rows.length > 0) printRows(context, rows);
      for (const address of everywhere) terminal.print(`${address}  ${say("scan.everywhere")}`);
      const { open, probes, durationMs, loss, recall, complete, unreachable, drops } = summary;
      if (!complete) terminal.warn(say("scan.stopped"));
      if (unreachable > 0) terminal.warn(say("scan.unreachable", { count: unreachable }));
      if (drops > 0) terminal.warn(say("scan.drops", { count: drops }));
      const facts = {
        open,
        probes,
        seconds: (durationMs / 1_000).toFixed(1),
        loss: (loss * 100).toFixed(2),
        recall: (recall * 100).toFixed(2),
      };
      terminal.warn(terminal.paint(say("scan.summary", facts), "dim"));
    },
  };
}

function printRows({ terminal, say }: CommandContext, rows: readonly Finding[]): void {
  printTable(
    terminal,
    [
      { title: say("column.address"), text: ({ address }) => address },
      { title: say("column.port"), text: ({ port, transport }) => `${port}/${transport}`, align: "right" },
      { title: say("column.state"), text: ({ state }) => state, colours: () => ["green"] },
      { title: say("column.reason"), text: ({ reason }) => reason, colours: () => ["dim"] },
    ],
    rows,
  );
}

/** `12 s`; a dash while nothing can be said. */
function remaining(done: number, elapsedMs: number): string {
  if (done <= 0 || done >= 1) return "–";
  const seconds = (elapsedMs * (1 - done)) / done / 1_000;
  return seconds < 100 ? `${seconds.toFixed(0)} s` : `${(seconds / 60).toFixed(0)} min`;
}
