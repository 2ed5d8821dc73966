// What: one scan of a node, from its assignment to its last word.
// Idea: what is found goes to the server while the scan runs; what was not found is told when the scan is over, and only
//   where it was looked for to the end. The server says what it doubts, and that is asked again at once.
// Trap: silence is a claim. A scan that was stopped, or to which nobody answered, makes none; nor does one about a host
//   that was not looked at to the end.

import { outsideArea } from "../model/outside-look.ts";
import type { ScanAssignment, ScanLane, ScanOutcome, ScanReport } from "../model/scan-plan.ts";
import type { Scan, ScanListener, ScanSummary } from "../sources/scan/scan.ts";
import { askedPorts, scanOf } from "./assigned-scan.ts";
import { persist } from "./back-off.ts";
import { createCourse, type Course } from "./course.ts";
import { createLookDesk, type LookDesk } from "./look-desk.ts";
import type { ScanWork } from "./scan-work.ts";
import { createSightings, type Sightings } from "./sightings.ts";
import { sleep } from "./sleep.ts";

const reportEveryMs = 2_000;
const lanesPerReport = 500;
/** As a sentence of a report may be long. */
const problemCharactersMax = 2_000;

export async function runAssignment(options: ScanWork, assignment: ScanAssignment): Promise<void> {
  try {
    await tellEnd(options, assignment, await work(options, assignment, scanOf(assignment, options)));
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    options.say("warn", `the scan "${assignment.planName}" failed: ${problem}`);
    await tellEnd(options, assignment, {
      end: { state: "failed", problem: problem.slice(0, problemCharactersMax) },
      outcome: null,
    });
  }
}

type End = Pick<ScanReport, "end" | "outcome">;

async function work(options: ScanWork, assignment: ScanAssignment, scan: Scan): Promise<End> {
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const sightings = createSightings(options.clock);
  const course = createCourse();
  const desk = createLookDesk(options, assignment, { scan, loss: course.loss });
  const lanes = new Map<string, ScanLane>();
  const over = new AbortController();
  const reporting = reportUntil(over.signal, async () => {
    desk.tell(sightings.due());
    const told = await options.link.report(assignment.runId, { ...nothing, samples: course.take() });
    if ("goOn" in told && !told.goOn) stop.abort();
  });
  try {
    const unfinished = new Set<string>();
    const listener = listenerOf(sightings, course, lanes, unfinished);
    const summary = await options.runScan(scan, assignment.engine, listener, signal);
    const end = endOf(summary, assignment);
    if (end.state === "done") tellAll(assignment, sightings, unfinished, desk);
    await desk.settled();
    await tellLanes(options, assignment, [...lanes.values()]);
    return { end, outcome: outcomeOf(summary) };
  } finally {
    over.abort();
    await reporting;
  }
}

/** What the scan came to, and so what its silence is worth. */
function endOf(
  { complete, answers, blocked }: ScanSummary,
  { known }: ScanAssignment,
): NonNullable<End["end"]> {
  if (blocked?.all === true) {
    return { state: "failed", problem: "Everyone fell silent at once: the scan node seems to be blocked." };
  }
  if (!complete) return { state: "stopped" };
  // All that was there cannot have died together: rather is the way there dead.
  if (answers === 0 && known.length > 0) {
    return { state: "failed", problem: "Nobody answered, not even where ports are known to be open." };
  }
  return { state: "done" };
}

const nothing: ScanReport = { samples: [], lanes: [], end: null, outcome: null };

/** Beside the scan, and beside the looks that are told after it: the server takes silence for a death. */
async function reportUntil(signal: AbortSignal, report: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await sleep(reportEveryMs, signal);
    if (!signal.aborted) await report();
  }
}

function listenerOf(
  sightings: Sightings,
  course: Course,
  lanes: Map<string, ScanLane>,
  unfinished: Set<string>,
): ScanListener {
  return {
    found: sightings.found,
    answersEverywhere: sightings.everywhere,
    progress: course.heard,
    errorsLimited: () => {},
    alive: () => {},
    host(address, { open, closed, filtered, silent, complete }) {
      if (!complete) unfinished.add(address);
      const everywhere = sightings.isEverywhere(address);
      const blocked = Object.values(filtered).reduce((sum, count) => sum + count, 0);
      // Told once of each transport.
      const before = lanes.get(address) ?? { open: 0, closed: 0, filtered: 0, silent: 0 };
      lanes.set(address, {
        address,
        open: before.open + (everywhere ? 0 : open),
        closed: before.closed + closed,
        filtered: before.filtered + blocked,
        silent: before.silent + silent,
        everywhere,
      });
    },
  };
}

/** Everything that was looked at: where something is open now, and where something was. */
function tellAll(
  assignment: ScanAssignment,
  sightings: Sightings,
  unfinished: ReadonlySet<string>,
  desk: LookDesk,
): void {
  const { tcp, udp } = askedPorts(assignment);
  const addresses = new Set([...sightings.addresses(), ...assignment.known]);
  desk.tell(
    [...addresses]
      .filter((address) => !sightings.isEverywhere(address) && !unfinished.has(address))
      .map((address) => ({
        address,
        coverage: [outsideArea(address, "tcp", tcp), outsideArea(address, "udp", udp)].filter(
          ({ ports }) => ports.length > 0,
        ),
        open: sightings.openAt(address),
      })),
  );
}

async function tellLanes(
  { link }: ScanWork,
  { runId }: ScanAssignment,
  lanes: readonly ScanLane[],
): Promise<void> {
  const most = lanes.toSorted((a, b) => b.open - a.open);
  for (let from = 0; from < most.length; from += lanesPerReport) {
    await link.report(runId, { ...nothing, lanes: most.slice(from, from + lanesPerReport) });
  }
}

async function tellEnd(
  { link, random, signal }: ScanWork,
  { runId }: ScanAssignment,
  last: End,
): Promise<void> {
  await persist(
    async () => ("goOn" in (await link.report(runId, { ...nothing, ...last })) ? true : undefined),
    random,
    signal,
  );
}

function outcomeOf(summary: ScanSummary): ScanOutcome {
  const { engine, command, probes, durationMs, open, loss, recall, unreachable, blocked } = summary;
  return {
    engine,
    command: command ?? null,
    probes,
    durationMs,
    open,
    loss,
    recall,
    unreachable,
    blocked: blocked !== null,
  };
}
