import { joinHostPort } from "../../base/ip.ts";
import { showable } from "../../base/text.ts";
import { connectionStates } from "../../model/connection-counts.ts";
import type { ConnectionCounts, ConnectionState } from "../../model/connection-counts.ts";
import type { RemoteTally, TallyCounts, TopRows } from "../../sources/host/socket-tally.ts";
import type { RowOwner } from "../../sources/host/socket-row.ts";
import type { CommandContext } from "../command.ts";
import { figure } from "../figure.ts";
import { printTable } from "../table.ts";
import type { Column } from "../table.ts";
import type { Colour } from "../terminal.ts";
import type { PortLine, ProcessLine, SocketLine } from "./views.ts";

/** What is worth a look stands out, what passes by itself stands back. */
const colours: Readonly<Partial<Record<ConnectionState, readonly Colour[]>>> = {
  LISTEN: ["blue"],
  "SYN-SENT": ["yellow"],
  "SYN-RECEIVED": ["yellow"],
  ESTABLISHED: ["green"],
  "CLOSE-WAIT": ["magenta"],
  "TIME-WAIT": ["dim"],
};
/** Names that one line shows; the rest is counted. */
const ownersShown = 3;
const barCells = 30;
/** What the other columns of a counted table take, and a column of a state with its gap. */
const namedCells = 50;
const stateCells = 14;
const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

export const stateColours = (state: ConnectionState): readonly Colour[] => colours[state] ?? [];

/** A bar of at most `barCells`; something for whatever is not nothing. */
export function bar(count: number, most: number): string {
  if (count === 0 || most === 0) return "";
  const parts = Math.max(1, Math.round((count / most) * barCells * 8));
  return "█".repeat(parts >> 3) + (eighths[parts & 7] ?? "");
}

export function ownersText(owners: readonly RowOwner[]): string {
  const names = [...new Set(owners.map(({ pid, name }) => name ?? String(pid)))];
  const [first] = owners;
  const pid = first === undefined ? "" : owners.length === 1 ? ` (${first.pid})` : ` (${first.pid} …)`;
  const more = names.length > ownersShown ? ` +${names.length - ownersShown}` : "";
  return showable(names.slice(0, ownersShown).join(", ")) + pid + more;
}

/** All eleven, or those that were asked for, with what each means. */
export function printStates(
  { terminal, say }: CommandContext,
  counts: ConnectionCounts,
  asked: ReadonlySet<ConnectionState> | null,
): void {
  const states = connectionStates.filter((state) => asked?.has(state) ?? true);
  const most = Math.max(...states.map((state) => counts[state]));
  printTable(
    terminal,
    [
      { title: say("column.state"), text: (state) => state, colours: stateColours },
      {
        title: say("connections.column.sockets"),
        text: (state) => figure(counts[state]),
        align: "right",
        colours: () => ["bold"],
      },
      { title: "", text: (state) => bar(counts[state], most), colours: stateColours },
      {
        title: say("connections.column.meaning"),
        text: (state) => say(`connections.means.${state}`),
        colours: () => ["dim"],
        shrinkTo: 8,
      },
    ],
    states,
  );
}

export function printPorts(context: CommandContext, rows: readonly PortLine[]): void {
  const { say } = context;
  printCounted(context, rows, [
    { title: say("column.port"), text: ({ port }) => String(port), align: "right", colours: () => ["bold"] },
    { title: say("column.protocol"), text: ({ transport }) => transport },
    {
      title: say("column.process"),
      text: ({ processes }) => ownersText(processes),
      colours: () => ["cyan"],
      shrinkTo: 12,
    },
  ]);
}

export function printRemotes(
  context: CommandContext,
  rows: readonly RemoteTally[],
  by: "remote" | "prefix",
): void {
  const { say } = context;
  printCounted(context, rows, [
    { title: say(`connections.column.${by}`), text: ({ remote }) => remote, colours: () => ["bold"] },
  ]);
}

export function printProcesses(context: CommandContext, rows: readonly ProcessLine[]): void {
  const { say } = context;
  printCounted(context, rows, [
    {
      title: say("column.process"),
      text: ({ pid, name }) => (pid === null ? say("connections.no-process") : showable(name ?? "")),
      colours: ({ pid }) => (pid === null ? ["dim"] : ["cyan"]),
      shrinkTo: 16,
    },
    { title: say("column.pid"), text: ({ pid }) => (pid === null ? "" : String(pid)), align: "right" },
  ]);
}

/** First what is counted, then how many, then a column for each state that any row has. */
function printCounted<Row extends TallyCounts>(
  { terminal, say }: CommandContext,
  rows: readonly Row[],
  named: readonly Column<Row>[],
): void {
  const { shown, folded } = statesThatFit(rows, terminal.columns);
  const counted = (title: string, count: (row: Row) => number, paint: readonly Colour[]): Column<Row> => ({
    title,
    text: (row) => (count(row) === 0 ? "" : figure(count(row))),
    align: "right",
    colours: () => paint,
  });
  const [first, ...rest] = named;
  if (first === undefined || rows.length === 0) return;
  printTable(
    terminal,
    [
      first,
      ...rest,
      counted(say("connections.column.sockets"), ({ sockets }) => sockets, ["bold"]),
      ...shown.map((state) => counted(state, ({ counts }) => counts[state], stateColours(state))),
      counted(say("connections.column.other-states"), ({ counts }) => sumOf(counts, folded), []),
      counted("UDP", ({ udp }) => udp, []),
    ],
    rows,
  );
}

/** The most frequent states, in their order, as many as a line has room for; the others are shown in one column. */
function statesThatFit(
  rows: readonly TallyCounts[],
  columns: number | null,
): { readonly shown: readonly ConnectionState[]; readonly folded: readonly ConnectionState[] } {
  const total = (state: ConnectionState): number => rows.reduce((sum, { counts }) => sum + counts[state], 0);
  const met = connectionStates.filter((state) => total(state) > 0);
  const room = columns === null ? met.length : Math.max(1, Math.floor((columns - namedCells) / stateCells));
  const first = new Set(met.toSorted((a, b) => total(b) - total(a)).slice(0, room));
  return { shown: met.filter((state) => first.has(state)), folded: met.filter((state) => !first.has(state)) };
}

function sumOf(counts: ConnectionCounts, states: readonly ConnectionState[]): number {
  return states.reduce((sum, state) => sum + counts[state], 0);
}

export function printSockets({ terminal, say }: CommandContext, rows: readonly SocketLine[]): void {
  if (rows.length === 0) return;
  printTable(
    terminal,
    [
      { title: say("column.protocol"), text: ({ transport }) => transport },
      {
        title: say("column.state"),
        text: ({ state }) => state ?? "",
        colours: ({ state }) => (state === null ? [] : stateColours(state)),
      },
      { title: say("column.address"), text: ({ address, port }) => joinHostPort(address, port) },
      {
        title: say("connections.column.remote"),
        text: ({ remoteAddress, remotePort }) =>
          remoteAddress === null ? "" : joinHostPort(remoteAddress, remotePort ?? 0),
      },
      {
        title: say("connections.column.queues"),
        text: ({ receiveQueue, sendQueue }) => `${receiveQueue ?? "?"}/${sendQueue ?? "?"}`,
        align: "right",
      },
      {
        title: say("column.process"),
        text: ({ processes }) => ownersText(processes),
        colours: () => ["cyan"],
        shrinkTo: 12,
      },
    ],
    rows,
  );
}

/** What the list above leaves out. */
export function printOthers(
  { terminal, say }: CommandContext,
  { rows, sockets }: TopRows<unknown>["others"],
  text: "connections.others" | "connections.other-ports" = "connections.others",
): void {
  if (sockets === 0) return;
  const told = rows === null ? say("connections.others-unknown", { sockets }) : say(text, { rows, sockets });
  terminal.print(terminal.paint(told, "dim"));
}
