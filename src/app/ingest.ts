import { createHash } from "node:crypto";
import { PortolanError } from "../base/errors.ts";
import { newId } from "../base/id.ts";
import { addCoverage, covers } from "../detect/coverage-memory.ts";
import { detect, type DetectOutcome } from "../detect/pipeline.ts";
import { seenIn } from "../detect/sighting.ts";
import type { RuleIndex } from "../detect/judge.ts";
import { type Belief, isPending } from "../model/belief.ts";
import type { CoverageTest } from "../model/coverage.ts";
import { type DetectPolicy, policyFor } from "../model/detect-policy.ts";
import { endpointKey } from "../model/endpoint.ts";
import { eventKinds, type EventKind, type HostEvent } from "../model/event.ts";
import type { Host } from "../model/host.ts";
import type { IntakeAnswer, IntakeBatch } from "../model/intake.ts";
import type { Look } from "../model/look.ts";
import type { EventCounts, SourceRecord } from "../store/rows.ts";
import type { Changes, Writer } from "../store/store.ts";
import { beliefWrites } from "./evidence.ts";
import { parseIntake } from "./intake-body.ts";
import { hostOfToken, updateIdentity } from "./hosts.ts";
import { intakeConflict, judgeOrder } from "./intake-order.ts";
import type { ClockSteps } from "./clock-steps.ts";
import type { Moment } from "./thread-messages.ts";

export interface IngestContext {
  readonly writer: Writer;
  readonly rules: RuleIndex;
  readonly policy: DetectPolicy;
  /** `ignoreRulesName` of the rules. */
  readonly ignoreRules: string;
  readonly clockSteps: ClockSteps;
}

export interface IngestRequest {
  readonly hostId: string;
  readonly body: Uint8Array;
}

export interface Ingested {
  /** Null: nothing was stored. */
  readonly hostId: string | null;
  readonly answer: IntakeAnswer;
  readonly kinds: EventCounts;
}

/** While a second opinion is wanted: soon, yet no sooner than a restart takes. */
export const lookAgainInMs = 1_000;
const formerRunsMax = 8;

/** One batch of an agent, from bytes to stored events: all of it or nothing. */
export async function ingest(
  context: IngestContext,
  { hostId, body }: IngestRequest,
  moment: Moment,
): Promise<Ingested> {
  const { batch, bodyHash } = readBatch(body);
  if (batch.source.kind !== "agent") {
    throw new PortolanError("forbidden", "The token of a host speaks for its agent, not for a scan node.");
  }
  return store(context, moment, async (changes) => {
    const host = await hostOfToken(changes, hostId);
    return apply(context, changes, { host, batch, bodyHash, moment });
  });
}

/** A body as it came, with the name by which it is known again. */
export function readBatch(body: Uint8Array): { readonly batch: IntakeBatch; readonly bodyHash: string } {
  return { batch: parseIntake(body), bodyHash: createHash("sha256").update(body).digest("hex") };
}

/** Applies a batch in a transaction of its own. */
export async function store(
  context: IngestContext,
  moment: Moment,
  work: (changes: Changes) => Promise<Applied>,
): Promise<Ingested> {
  const { ingested, sourceId } = await context.writer.transaction({ durable: false }, work);
  if (sourceId !== null) context.clockSteps.note(sourceId, moment);
  return ingested;
}

interface Application {
  /** Whom the batch is about, as it was. */
  readonly host: Host;
  readonly batch: IntakeBatch;
  readonly bodyHash: string;
  readonly moment: Moment;
}

export interface Applied {
  readonly ingested: Ingested;
  /** Null when the batch was known, or there was nothing to store. */
  readonly sourceId: string | null;
}

export async function apply(
  context: IngestContext,
  changes: Changes,
  application: Application,
): Promise<Applied> {
  const { host, batch, bodyHash, moment } = application;
  const { look } = batch;
  const hostId = host.id;
  const source = await changes.source(hostId, look.view, look.vantage);
  if (judgeOrder(source, batch, bodyHash) === "replay" && source !== undefined) {
    return { ingested: replay(source), sourceId: null };
  }
  const sameIgnores = source === undefined || source.ignoreRules === context.ignoreRules;
  if (!sameIgnores && look.basis !== "full") throw intakeConflict("full-look-needed");
  const known = batch.source.kind === "agent" ? await updateIdentity(changes, host, batch.host) : host;
  const beliefs = await concerned(changes, hostId, look);
  const inCoverage = covers(look.coverage);
  const { nowMs } = moment;
  const outcome = detect({
    host: known,
    view: look.view,
    nowMs,
    clockStepMs: source === undefined ? 0 : context.clockSteps.since(source.id, moment),
    beliefs,
    seen: seenIn(look, beliefs, inCoverage),
    covers: inCoverage,
    // What a rule hid until now was there all the time: the first look without it is a baseline.
    wasCovered: source === undefined || !sameIgnores ? () => false : covers(source.covered),
    rules: context.rules,
    policy: policyFor(batch.source.kind, context.policy),
    newId,
  });
  const origin = { nowMs, source: { kind: batch.source.kind, vantage: look.vantage } };
  await changes.saveBeliefs(beliefWrites(outcome.moved, origin));
  if (outcome.forgotten.length > 0) {
    await changes.forgetBeliefs(hostId, look.view, outcome.forgotten.map(endpointKey));
  }
  const ingested: Ingested = {
    hostId,
    answer: {
      batchId: batch.batchId,
      replayed: false,
      events: outcome.events.length,
      lookAgainInMs: outcome.pending ? lookAgainInMs : null,
      verify: batch.source.kind !== "scanner" ? [] : toVerify(outcome, inCoverage),
    },
    kinds: countKinds(outcome.events),
  };
  const saved = nextSource(source, application, ingested, context.ignoreRules);
  await changes.saveSource(saved);
  return { ingested, sourceId: saved.id };
}

function toVerify({ moved }: DetectOutcome, inCoverage: CoverageTest): string[] {
  return moved.flatMap(({ after }) => (isPending(after) && inCoverage(after) ? [endpointKey(after)] : []));
}

function replay(source: SourceRecord): Ingested {
  const told = JSON.parse(source.lastAnswer) as Ingested;
  return { ...told, answer: { ...told.answer, replayed: true } };
}

/** A full look concerns every belief of its view, a smaller one those it names and those that wait. */
async function concerned(changes: Changes, hostId: string, look: Look): Promise<Belief[]> {
  if (look.basis === "full") return changes.beliefs(hostId, look.view);
  const pending = await changes.pendingBeliefs(hostId, look.view);
  if (look.basis === "same") return pending;
  const waiting = new Set(pending.map(endpointKey));
  const named = [...look.listeners.map(endpointKey), ...look.gone].filter((key) => !waiting.has(key));
  return [...pending, ...(await changes.beliefsByKey(hostId, look.view, named))];
}

function nextSource(
  source: SourceRecord | undefined,
  application: Application,
  ingested: Ingested,
  ignoreRules: string,
): SourceRecord {
  const { host, batch, bodyHash, moment } = application;
  const { look } = batch;
  const sameRun = source === undefined || source.runId === batch.runId;
  return {
    id: source?.id ?? newId(),
    hostId: host.id,
    kind: batch.source.kind,
    version: batch.source.version,
    view: look.view,
    vantage: look.vantage,
    runId: batch.runId,
    formerRunIds: sameRun
      ? (source?.formerRunIds ?? [])
      : [source.runId, ...source.formerRunIds].slice(0, formerRunsMax),
    sequence: batch.sequence,
    lastBatchId: batch.batchId,
    lastBatchHash: bodyHash,
    lastAnswer: JSON.stringify(ingested),
    revision: look.revision,
    coverage: look.coverage,
    covered: addCoverage(source?.covered ?? [], look.coverage),
    firstLookMs: source?.firstLookMs ?? moment.nowMs,
    lastLookMs: moment.nowMs,
    intervalMs: intervalOf(source, batch, moment.nowMs),
    clockSkewMs: look.endedAtMs - moment.nowMs,
    limits: look.limits,
    ignoreRules,
  };
}

/** Of a scan node the time between two scans: within one it looks at a host many times. */
function intervalOf(source: SourceRecord | undefined, batch: IntakeBatch, nowMs: number): number | null {
  if (source === undefined) return null;
  if (batch.source.kind === "scanner" && source.runId === batch.runId) return source.intervalMs;
  return Math.max(0, nowMs - source.lastLookMs);
}

export function countKinds(events: readonly Pick<HostEvent, "kind">[]): EventCounts {
  const counts = Object.fromEntries(eventKinds.map((kind) => [kind, 0])) as Record<EventKind, number>;
  for (const { kind } of events) counts[kind] += 1;
  return counts;
}
