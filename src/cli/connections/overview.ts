import { joinHostPort } from "../../base/ip.ts";
import { connectionStates } from "../../model/connection-counts.ts";
import type { KernelCounters } from "../../sources/host/kernel-counters.ts";
import type { CommandContext } from "../command.ts";
import { figure } from "../figure.ts";
import type { TextKey } from "../language/catalogue.ts";
import { bar, ownersText, printOthers, printPorts, printRemotes, stateColours } from "./tables.ts";
import type { Overview } from "./views.ts";

const stateCells = 14;
const countCells = 10;

/** States with bars, then who has most of them, then what went wrong, where anything did. */
export function printOverview(context: CommandContext, view: Overview): void {
  const { terminal, say } = context;
  const title = (key: TextKey): void => {
    terminal.print("");
    terminal.print(terminal.paint(say(key), "bold"));
  };
  const { ports, remotes, prefixes, listenQueues, udp } = view;
  printStateBars(context, view);
  const count = udp.withPeer + udp.withoutPeer;
  if (count > 0) terminal.print(say("connections.udp", { count, peers: udp.withPeer }));
  if (ports.rows.length > 0) {
    title("connections.ports");
    printPorts(context, ports.rows);
    printOthers(context, ports.others, "connections.other-ports");
  }
  if (remotes.rows.length > 0) {
    title("connections.remotes");
    printRemotes(context, remotes.rows, "remote");
    printOthers(context, remotes.others);
  }
  // Of few addresses the prefixes say nothing new.
  if (remotes.others.sockets > 0) {
    title("connections.prefixes");
    printRemotes(context, prefixes.rows, "prefix");
    printOthers(context, prefixes.others);
  }
  if (listenQueues.length > 0) title("connections.queues");
  for (const { address, port, waiting, max, processes } of listenQueues) {
    const full = max !== null && waiting > max;
    const line = `${joinHostPort(address, port)}  ${figure(waiting)} / ${max === null ? "?" : figure(max)}  ${ownersText(processes)}`;
    terminal.print(terminal.paint(line, full ? "red" : "yellow"));
  }
  printCounters(context, view.kernel);
}

function printStateBars({ terminal, say }: CommandContext, { counts }: Overview): void {
  const total = connectionStates.reduce((sum, state) => sum + counts[state], 0);
  const most = Math.max(...connectionStates.map((state) => counts[state]));
  terminal.print(
    `${terminal.paint(say("connections.tcp"), "bold")}  ${say("connections.total", { count: total })}`,
  );
  for (const state of connectionStates) {
    if (counts[state] === 0) continue;
    const name = terminal.paint(state.padEnd(stateCells), ...stateColours(state));
    const number = terminal.paint(figure(counts[state]).padStart(countCells), "bold");
    terminal.print(`  ${name}${number}  ${terminal.paint(bar(counts[state], most), ...stateColours(state))}`);
  }
}

/** What the kernel could not take; nothing where nothing was refused. */
function printCounters({ terminal, say }: CommandContext, kernel: KernelCounters | null): void {
  if (kernel === null) return;
  const lines: string[] = [];
  const { synCookiesSent: sent, synCookiesReceived: received, synCookiesFailed: failed } = kernel;
  if ((sent ?? 0) + (received ?? 0) + (failed ?? 0) > 0)
    lines.push(
      say("connections.cookies", { sent: told(sent), received: told(received), failed: told(failed) }),
    );
  const { listenOverflows: overflows, listenDrops: drops, conntrack } = kernel;
  if ((overflows ?? 0) + (drops ?? 0) > 0)
    lines.push(say("connections.overflows", { overflows: told(overflows), drops: told(drops) }));
  if (lines.length > 0) {
    terminal.print("");
    terminal.print(terminal.paint(say("connections.counters"), "bold"));
    for (const line of lines) terminal.print(`  ${terminal.paint(line, "yellow")}`);
  }
  if (conntrack !== null && conntrack.count > 0) {
    const percent = ((conntrack.count / conntrack.max) * 100).toFixed(1);
    const { count, max } = conntrack;
    terminal.print("");
    terminal.print(say("connections.conntrack", { count: figure(count), max: figure(max), percent }));
  }
}

const told = (count: number | null): string => (count === null ? "?" : figure(count));
