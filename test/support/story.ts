import { createIdSource } from "../../src/base/id.ts";
import { addCoverage, covers } from "../../src/detect/coverage-memory.ts";
import { indexRules, type RuleIndex } from "../../src/detect/judge.ts";
import { detect, type DetectOutcome } from "../../src/detect/pipeline.ts";
import { seenIn } from "../../src/detect/sighting.ts";
import { type Belief, isPending } from "../../src/model/belief.ts";
import type { Coverage } from "../../src/model/coverage.ts";
import { detectDefaults, type DetectPolicy } from "../../src/model/detect-policy.ts";
import { endpointKey } from "../../src/model/endpoint.ts";
import type { PortEventKind, PortEvent } from "../../src/model/event.ts";
import type { Listener } from "../../src/model/listener.ts";
import type { Look } from "../../src/model/look.ts";
import type { Process } from "../../src/model/process.ts";
import { fullCoverage, listener, process } from "./listener.ts";

/** What the server keeps of one host and one source, in memory. */
export interface Memory {
  readonly beliefs: ReadonlyMap<string, Belief>;
  readonly coverage: Coverage;
}

export const nothing: Memory = { beliefs: new Map(), coverage: [] };

export interface LookOptions {
  readonly nowMs: number;
  readonly clockStepMs?: number;
  readonly hostId?: string;
  readonly coverage?: Coverage;
  readonly policy?: DetectPolicy;
  readonly rules?: RuleIndex;
  readonly newId?: () => string;
}

const noRules = indexRules([]);

/** One look taken in, as the server does it: what it loads depends on the basis. */
export function takeIn(
  memory: Memory,
  look: Pick<Look, "basis" | "listeners" | "gone">,
  { nowMs, clockStepMs = 0, hostId = "host", coverage = fullCoverage, ...given }: LookOptions,
): { memory: Memory; outcome: DetectOutcome } {
  const coversNow = covers(coverage);
  const stored = [...memory.beliefs.values()];
  const pending = stored.filter(isPending);
  const touched = new Set([...look.listeners.map(endpointKey), ...look.gone]);
  const beliefs =
    look.basis === "full"
      ? stored
      : stored.filter((belief) => isPending(belief) || touched.has(endpointKey(belief)));
  const outcome = detect({
    host: { id: hostId, hostname: "web1", addresses: ["192.0.2.1"], labels: {} },
    view: "inside",
    nowMs,
    clockStepMs,
    beliefs,
    seen: seenIn(look, pending, coversNow),
    covers: coversNow,
    wasCovered: covers(memory.coverage),
    rules: given.rules ?? noRules,
    policy: given.policy ?? detectDefaults,
    newId: given.newId ?? createIdSource(),
  });
  const next = new Map(memory.beliefs);
  for (const belief of outcome.forgotten) next.delete(endpointKey(belief));
  for (const { after } of outcome.moved) next.set(endpointKey(after), after);
  return { memory: { beliefs: next, coverage: addCoverage(memory.coverage, coverage) }, outcome };
}

export interface StoryOptions {
  readonly transport?: "tcp" | "udp";
  /** Between two columns; default 2 s. */
  readonly stepMs?: number;
  /** Nobody looked before the story; by default somebody did and found nothing. */
  readonly fresh?: boolean;
  readonly policy?: Partial<DetectPolicy>;
  /** What the server's clock shows, and by how much it was set since the last column; default: it runs true. */
  readonly clock?: (
    trueMs: number,
    column: number,
  ) => { readonly nowMs: number; readonly clockStepMs: number };
  /** Stores the memory as text and reads it again before this column. */
  readonly reloads?: (column: number) => boolean;
  /** Send differences instead of everything. */
  readonly sparse?: boolean;
}

const startMs = Date.UTC(2026, 0, 5, 12);

/**
 * Plays a history and tells what was told, one column per look:
 * `#` seen · `.` looked and not seen · blank not looked · `A`–`Z` seen, held by that program (`#` is `A`) · `*` held by
 * A and B · `?` seen, owner unknown · `a` seen, held by A after a restart · `~` held by A and something unreadable.
 * Answers with `n`ew, `d`own, `r`ecovered, `c`hanged or `-` below each column, and the events.
 */
export function play(history: string, options: StoryOptions = {}): { told: string; events: PortEvent[] } {
  const policy = { ...detectDefaults, ...options.policy };
  const newId = createIdSource({ nowMs: () => startMs, fillRandom: (bytes) => bytes.fill(7) });
  let memory = nothing;
  let last: Listener | undefined;
  let seenBefore = false;
  const take = (seen: Listener | undefined, at: { nowMs: number; clockStepMs: number }): PortEvent[] => {
    const look = options.sparse && seenBefore ? difference(last, seen) : fullLook(seen);
    const taken = takeIn(memory, look, { ...at, policy, newId });
    memory = taken.memory;
    last = seen;
    seenBefore = true;
    return [...taken.outcome.events];
  };
  if (!options.fresh) take(undefined, { nowMs: startMs - 60_000, clockStepMs: 0 });

  const events: PortEvent[] = [];
  const told = Array.from(history, (mark, column) => {
    if (options.reloads?.(column)) memory = reloaded(memory);
    if (mark === " ") return "-";
    const trueMs = startMs + column * (options.stepMs ?? 2_000);
    const clock = options.clock?.(trueMs, column) ?? { nowMs: trueMs, clockStepMs: 0 };
    const found = take(mark === "." ? undefined : seenAs(mark, column, options.transport ?? "tcp"), clock);
    events.push(...found);
    return found.map(({ kind }) => letters[kind]).join("") || "-";
  });
  return { told: told.join(""), events };
}

const letters: Readonly<Record<PortEventKind, string>> = {
  new: "n",
  down: "d",
  recovered: "r",
  changed: "c",
};

/** What was told, sent in full and sent as differences; the two must agree. */
export function tell(history: string, options: StoryOptions = {}): string {
  const whole = play(history, options).told;
  const sparse = play(history, { ...options, sparse: true }).told;
  return whole === sparse ? whole : `full: ${whole}, differences: ${sparse}`;
}

/** Memory as it comes back from storage. */
export function reloaded({ beliefs, coverage }: Memory): Memory {
  const stored = JSON.parse(JSON.stringify({ beliefs: [...beliefs.values()], coverage })) as {
    beliefs: Belief[];
    coverage: Coverage;
  };
  return {
    beliefs: new Map(stored.beliefs.map((belief) => [endpointKey(belief), belief])),
    coverage: stored.coverage,
  };
}

function fullLook(seen: Listener | undefined): Pick<Look, "basis" | "listeners" | "gone"> {
  return { basis: "full", listeners: seen ? [seen] : [], gone: [] };
}

function difference(
  last: Listener | undefined,
  seen: Listener | undefined,
): Pick<Look, "basis" | "listeners" | "gone"> {
  if (JSON.stringify(last) === JSON.stringify(seen)) return { basis: "same", listeners: [], gone: [] };
  if (!seen) return { basis: "delta", listeners: [], gone: last ? [endpointKey(last)] : [] };
  return { basis: "delta", listeners: [seen], gone: [] };
}

function seenAs(mark: string, column: number, transport: "tcp" | "udp"): Listener {
  const endpoint = { transport };
  const held = (name: string, pid = name.charCodeAt(0)): Process => process(pid, `program-${name}`);
  if (mark === "?") return listener(endpoint, []);
  if (mark === "*") return listener(endpoint, [held("A"), held("B")], { sockets: 2 });
  if (mark === "~") return listener(endpoint, [held("A")], { ownerUnknown: "one of two could not be read" });
  if (mark === "a") return listener(endpoint, [held("A", 1_000 + column)]);
  return listener(endpoint, [held(mark === "#" ? "A" : mark)]);
}
