// What: a service accepts more slowly than clients connect, so that its queue is full and connections get lost.
// Idea: the queue of each listener is read; the kernel's counter tells overflows also where no queue was full at the
//   very moment.
// Trap: a deploy stops accepting for some seconds; only what two ordinary samples show is told.

import type { PortConnections } from "../../model/connection-sample.ts";
import type { ConnectionReason } from "../../model/connection-verdict.ts";
import { countOf, isFull } from "./figures.ts";
import type { Confirmed, Situation } from "./situation.ts";

const overflowsPerSecondMin = 1;
const confirmMs = 9_000;

export function listenOverflow(situation: Situation): Confirmed[] {
  const { sample, rates, ease } = situation;
  const full = sample.ports.filter(
    (row) => isFull(row) || (ease("listen-overflow", subjectOf(row), "warning") < 1 && isHalfFull(row)),
  );
  if (full.length > 0) return full.map((row) => verdict(situation, row));
  const lost = (rates?.overflows ?? 0) >= ease("listen-overflow", "", "warning") * overflowsPerSecondMin;
  return lost ? [verdict(situation, null)] : [];
}

const subjectOf = ({ transport, port }: PortConnections): string => `${transport}/${port}`;

const isHalfFull = ({ queue }: PortConnections): boolean =>
  queue !== null && countOf(queue.max) > 0 && countOf(queue.waiting) * 2 >= countOf(queue.max);

function verdict({ rates, sample }: Situation, full: PortConnections | null): Confirmed {
  const overflows = rates?.overflows ?? 0;
  const reasons: ConnectionReason[] = [];
  // The queue was emptied since: the fullest one is the best guess.
  const shown = full ?? fullest(sample.ports);
  if (shown?.queue) {
    const { waiting, max } = shown.queue;
    reasons.push({ code: "queue", port: shown.port, waiting: countOf(waiting), max: countOf(max) });
  }
  if (overflows > 0) reasons.push({ code: "overflows", perSecond: Math.ceil(overflows) });
  const [name] = full?.processes ?? [];
  return {
    confirmMs,
    finding: {
      kind: "listen-overflow",
      subject: full ? subjectOf(full) : "",
      severity: overflows >= overflowsPerSecondMin ? "critical" : "warning",
      sources: [],
      process: name === undefined ? null : { name, pid: pidOf(sample, name) },
      port: full?.port ?? null,
      reasons,
      meaning: "accepts-too-slowly",
      advice: ["add-workers", "raise-backlog", "inspect-process"],
    },
  };
}

function fullest(ports: readonly PortConnections[]): PortConnections | undefined {
  const fill = ({ queue }: PortConnections): number =>
    queue ? countOf(queue.waiting) / Math.max(1, countOf(queue.max)) : 0;
  return [...ports].filter((row) => fill(row) > 0).sort((a, b) => fill(b) - fill(a))[0];
}

const pidOf = ({ processes }: Situation["sample"], name: string): number | null =>
  processes.find((one) => one.name === name)?.pid ?? null;
