import { compareAddresses } from "../../base/ip.ts";
import type { Transport } from "../../model/endpoint.ts";
import type { ScannedHost } from "../../model/scan-result.ts";
import { scanWriters, type ScanFormat } from "../../sinks/exchange/scan-writers.ts";
import type { HostTally } from "../../sources/scan/answer-book.ts";
import { portSetOf } from "../../sources/scan/port-list.ts";
import type { SavedOrder } from "../../sources/scan/saved-order.ts";
import type { Finding, ScanListener, ScanProgress, ScanSummary } from "../../sources/scan/scan.ts";
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
    errorsLimited: (address, unsure) => print({ type: "errors-limited", address, unsure }),
    alive: (address, reason) => print({ type: "host", address, reason }),
    end: (summary) => print({ type: "summary", ...summary }),
  };
}

/** A line of progress while it runs, a table when it is over. `hosts`: so many were looked for; null: none was. */
export function tableReport(context: CommandContext, hosts: number | null): ScanReport {
  const { terminal, say } = context;
  const findings: Finding[] = [];
  const everywhere = new Set<string>();
  const silent = new Map<string, number>();
  const unsure = new Map<string, number>();
  let alive = 0;
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
    found({ address, ...rest }) {
      if (rest.state === "open") findings.push({ address, ...rest });
      else silent.set(address, (silent.get(address) ?? 0) + 1);
    },
    answersEverywhere: (address) => void everywhere.add(address),
    errorsLimited: (address, count) => void unsure.set(address, count),
    alive: () => void (alive += 1),
    progress(progress) {
      if (terminal.status !== null) return terminal.status(line(progress));
      if (progress.elapsedMs - toldMs < plainLineEveryMs) return;
      toldMs = progress.elapsedMs;
      terminal.warn(line(progress));
    },
    host(address, tally, transport) {
      if (transport === "udp" && tally.silent > 0)
        silent.set(address, (silent.get(address) ?? 0) + tally.silent);
    },
    end(summary) {
      terminal.status?.(null);
      const rows = findings
        .filter(({ address }) => !everywhere.has(address))
        .sort((a, b) => compareAddresses(a.address, b.address) || a.port - b.port);
      if (rows.length > 0) printRows(context, rows);
      for (const address of everywhere) terminal.print(`${address}  ${say("scan.everywhere")}`);
      for (const [address, count] of [...silent].sort(([a], [b]) => compareAddresses(a, b))) {
        const doubtful = unsure.get(address);
        terminal.print(
          `${address}  ${say("scan.silent", { count })}${doubtful === undefined ? "" : say("scan.unsure", { count: doubtful })}`,
        );
      }
      const { open, probes, durationMs, loss, recall, complete, unreachable, drops, blocked } = summary;
      if (hosts !== null) terminal.warn(say("scan.alive", { alive, hosts }));
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
  const tallies = new Map<string, [Transport, HostTally][]>();
  const everywhere = new Set<string>();
  const hostOf = (address: string, counted: readonly [Transport, HostTally][]): ScannedHost => ({
    address,
    complete: counted.every(([, tally]) => tally.complete),
    hostnames: [],
    ports: (everywhere.has(address) ? [] : (table.get(address) ?? []))
      .sort((a, b) => a.port - b.port || (a.transport < b.transport ? -1 : 1))
      .map(({ transport, port, state, reason }) => ({ transport, port, state, reason, service: null })),
    extra: counted.flatMap(([transport, tally]) => extraOf(transport, tally)),
  });
  return {
    found(finding) {
      const known = table.get(finding.address);
      if (known === undefined) table.set(finding.address, [finding]);
      else known.push(finding);
    },
    answersEverywhere: (address) => void everywhere.add(address),
    progress: () => undefined,
    host(address, tally, transport = "tcp") {
      const counted: [Transport, HostTally] = [transport, tally];
      tallies.set(address, [...(tallies.get(address) ?? []), counted]);
    },
    errorsLimited: () => undefined,
    // It stands in the file even if it answers nothing more.
    alive: (address) => void tallies.set(address, []),
    end({ complete }) {
      const hosts = [...tallies]
        .sort(([a], [b]) => compareAddresses(a, b))
        .map(([address, counted]) => hostOf(address, counted))
        // Of what was stopped only what was found is told: the rest may not have been asked.
        .map((host) => (complete && host.complete ? host : { ...host, extra: [] }));
      const scanned = {
        ...(scan.ports.length === 0 ? {} : { tcp: portSetOf(scan.ports) }),
        ...(scan.udpPorts.length === 0 ? {} : { udp: portSetOf(scan.udpPorts) }),
      };
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

/** What is counted, not named. */
function extraOf(transport: Transport, { closed, filtered, silent }: HostTally): ScannedHost["extra"] {
  const isUdp = transport === "udp";
  return [
    { state: "closed" as const, reason: isUdp ? "port-unreach" : "reset", count: closed, transport },
    {
      state: isUdp ? ("open|filtered" as const) : ("filtered" as const),
      reason: "no-response",
      count: silent,
      transport,
    },
    ...Object.entries(filtered).map(([reason, count]) => ({
      state: "filtered" as const,
      reason,
      count,
      transport,
    })),
  ].filter(({ count }) => count > 0);
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
