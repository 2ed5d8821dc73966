import { showable } from "../../base/text.ts";
import { highRiskOf } from "../../detect/high-risk.ts";
import type { BindingScope } from "../../model/endpoint.ts";
import type { Say } from "../language/language.ts";
import { highRiskSign } from "../marks.ts";
import { printTable } from "../table.ts";
import type { Colour, Terminal } from "../terminal.ts";
import { compareRows, rowOwner } from "./port-row.ts";
import type { PortProcess, PortRow } from "./port-row.ts";

/** pids that one line shows; the rest is counted. */
const pidsShown = 4;
const containerDigits = 12;

const reach: Readonly<Record<BindingScope, readonly Colour[]>> = {
  loopback: ["dim"],
  address: [],
  all: ["yellow"],
};

/** One line: one row, or the IPv4 and IPv6 halves of one server. */
interface Line extends PortRow {
  readonly addresses: readonly string[];
}

export function printPorts(terminal: Terminal, say: Say, rows: readonly PortRow[]): void {
  const lines = joinDualStack([...rows].sort(compareRows));
  printTable(
    terminal,
    [
      { title: "", text: (line) => (isRisky(line) ? highRiskSign : ""), colours: () => ["red"] },
      {
        title: say("column.port"),
        text: (line) => String(line.port),
        align: "right",
        colours: (line) => (isRisky(line) ? ["red", "bold"] : ["bold"]),
      },
      { title: say("column.protocol"), text: (line) => line.transport },
      {
        title: say("column.address"),
        text: (line) => line.addresses.join(" "),
        colours: (line) => reach[line.scope],
        shrinkTo: 15,
      },
      {
        title: say("column.exposure"),
        text: (line) => say(`scope.${line.scope}`),
        colours: (line) => reach[line.scope],
      },
      {
        title: say("column.process"),
        text: (line) => processText(line),
        colours: (line) => (line.processes.length === 0 ? ["dim"] : ["cyan"]),
        shrinkTo: 12,
      },
      { title: say("column.pid"), text: pidText, shrinkTo: 7 },
      { title: say("column.user"), text: (line) => distinct(line, ({ user }) => user), shrinkTo: 8 },
      { title: say("column.unit"), text: (line) => distinct(line, unitText), shrinkTo: 14 },
      { title: say("column.namespace"), text: (line) => showable(line.networkNamespace ?? ""), shrinkTo: 10 },
    ],
    lines,
  );
}

/** `0.0.0.0` and `::`, or `127.0.0.1` and `::1`, of one protocol and port with the same holders. */
function joinDualStack(rows: readonly PortRow[]): Line[] {
  const lines = new Map<string, Line>();
  for (const row of rows) {
    const pids = row.processes.map(({ pid }) => pid).join(",");
    const joinable = pids !== "" && row.scope !== "address" && row.interface === undefined;
    const place = [row.transport, row.port, row.scope, row.networkNamespace ?? ""].join(" ");
    const key = joinable ? `${place} ${pids}` : `${place} ${row.address} ${lines.size}`;
    const before = lines.get(key);
    const address = row.interface === undefined ? row.address : `${row.address}%${showable(row.interface)}`;
    if (before === undefined) lines.set(key, { ...row, addresses: [address] });
    else lines.set(key, { ...before, addresses: [...before.addresses, address] });
  }
  return [...lines.values()];
}

function isRisky(row: PortRow): boolean {
  return highRiskOf(row) !== undefined;
}

export function processText(row: PortRow): string {
  if (row.processes.length === 0) return "?";
  return distinct(row, ({ name }) => name);
}

function distinct(row: PortRow, text: (process: PortProcess) => string | null): string {
  const texts = row.processes.map(text).filter((one) => one !== null && one !== "");
  return showable([...new Set(texts)].join(", "));
}

function unitText({ unit, containerId }: PortProcess): string | null {
  return containerId === null ? unit : `container:${containerId.slice(0, containerDigits)}`;
}

function pidText({ processes }: PortRow): string {
  const pids = processes.map(({ pid }) => String(pid));
  if (pids.length <= pidsShown) return pids.join(",");
  return `${pids.slice(0, pidsShown - 1).join(",")}+${pids.length - pidsShown + 1}`;
}

/** `tcp 0.0.0.0:80 nginx` for the lines of a comparison. */
export function rowText(row: PortRow): string {
  const address = row.address.includes(":") ? `[${row.address}]` : row.address;
  const where = row.networkNamespace == null ? "" : ` @${showable(row.networkNamespace)}`;
  return `${row.transport} ${address}:${row.port}${where}  ${processText(row)}`;
}

/** Same owner on both sides is said once. */
export function changeText(before: PortRow, after: PortRow): string {
  return rowOwner(before) === rowOwner(after) ? rowText(after) : `${rowText(before)} → ${processText(after)}`;
}
