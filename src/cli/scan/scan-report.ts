import { compareAddresses } from "../../base/ip.ts";
import { rangeSet } from "../../base/range-set.ts";
import type { ScannedHost } from "../../model/scan-result.ts";
import { scanWriters, type ScanFormat } from "../../sinks/exchange/scan-writers.ts";
import type { SavedOrder } from "../../sources/scan/saved-order.ts";
import type { Finding, ScanListener, ScanProgress, ScanSummary } from "../../sources/scan/scan.ts";
import type { HostTally } from "../../sources/scan/answer-book.ts";
import type { CommandContext } from "../command.ts";
import { printTable } from "../table.ts";
import { localTime } from "../time.ts";

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
    host(address, { complete }) {
      if (!complete) print({ type: "host", address, complete });
    },
    end: (summary) => print({ type: "summary", ...summary }),
  };
}

/** A line of progress while it runs, a table when it is over. */
export function tableReport(context: CommandContext): ScanReport {
  const { terminal, say } = context;
  const findings: Finding[] = [];
  const everywhere = new Set<string>();
  let toldMs = 0;
  const line = (progress: ScanProgress): string =>
    progress.opensAtMs === null
      ? sending(progress)
      : say("scan.waiting", { time: localTime(progress.opensAtMs), open: progress.open });
  const sending = ({ done, pass, open, loss, packetsPerSecond, elapsedMs }: ScanProgress): string =>
    say("scan.progress", {
      done: (done * 100).toFixed(0),
      pass,
      open,
      rate: Math.round(packetsPerSecond),
      loss: percent(loss, 1),
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
    host: () => undefined,
    end(summary) {
      terminal.status?.(null);
      const rows = findings
        .filter(({ address }) => !everywhere.has(address))
        .sort((a, b) => compareAddresses(a.address, b.address) || a.port - b.port);
      if (rows.length > 0) printRows(context, rows);
      for (const address of everywhere) terminal.print(`${address}  ${say("scan.everywhere")}`);
      const { open, probes, durationMs, loss, recall, complete, unreachable, drops, blocked } = summary;
      if (blocked !== null) {
        const facts = { count: blocked.hosts, since: localTime(blocked.sinceMs) };
        terminal.warn(
          terminal.paint(say(blocked.all ? "scan.blocked" : "scan.blocked-hosts", facts), "yellow"),
        );
      } else if (!complete) terminal.warn(say("scan.stopped"));
      if (unreachable > 0) terminal.warn(say("scan.unreachable", { count: unreachable }));
      if (drops > 0) terminal.warn(say("scan.drops", { count: drops }));
      const facts = {
        open,
        probes,
        seconds: (durationMs / 1_000).toFixed(1),
        loss: percent(loss, 2),
        recall: percent(recall, 2),
      };
      terminal.warn(terminal.paint(say("scan.summary", facts), "dim"));
    },
  };
}

/** Nothing until the end, then a file in another tool's format. */
export function fileReport(
  { terminal, version, clock }: CommandContext,
  format: ScanFormat,
  { scan, command, startedAtMs }: SavedOrder,
): ScanReport {
  const table = new Map<string, Finding[]>();
  const tallies = new Map<string, HostTally>();
  const everywhere = new Set<string>();
  const hostOf = (address: string, tally: HostTally): ScannedHost => ({
    address,
    complete: tally.complete,
    hostnames: [],
    ports: (everywhere.has(address) ? [] : (table.get(address) ?? []))
      .sort((a, b) => a.port - b.port)
      .map(({ transport, port, state, reason }) => ({ transport, port, state, reason, service: null })),
    extra: [
      { state: "closed" as const, reason: "reset", count: tally.closed },
      { state: "filtered" as const, reason: "no-response", count: tally.silent },
      ...Object.entries(tally.filtered).map(([reason, count]) => ({
        state: "filtered" as const,
        reason,
        count,
      })),
    ].filter(({ count }) => count > 0),
  });
  return {
    found(finding) {
      const known = table.get(finding.address);
      if (known === undefined) table.set(finding.address, [finding]);
      else known.push(finding);
    },
    answersEverywhere: (address) => void everywhere.add(address),
    progress: () => undefined,
    host: (address, tally) => void tallies.set(address, tally),
    end({ complete }) {
      const hosts = [...tallies]
        .sort(([a], [b]) => compareAddresses(a, b))
        .map(([address, tally]) => hostOf(address, tally))
        // Of what was stopped only what was found is told: the rest may not have been asked.
        .map((host) => (complete && host.complete ? host : { ...host, extra: [] }));
      const scanned = { tcp: rangeSet([...scan.ports].map((port) => ({ first: port, last: port }))) };
      const endedAtMs = clock.nowMs();
      const result = {
        scanner: "portolan",
        version,
        command,
        startedAtMs,
        endedAtMs,
        complete,
        scanned: complete ? scanned : null,
        hosts,
      };
      for (const line of scanWriters[format](result)) terminal.print(line);
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

/** A question mark where nothing tells. */
const percent = (share: number | null, digits: number): string =>
  share === null ? "?" : (share * 100).toFixed(digits);

/** `12 s`; a dash while nothing can be said. */
function remaining(done: number, elapsedMs: number): string {
  if (done <= 0 || done >= 1) return "–";
  const seconds = (elapsedMs * (1 - done)) / done / 1_000;
  return seconds < 100 ? `${seconds.toFixed(0)} s` : `${(seconds / 60).toFixed(0)} min`;
}
