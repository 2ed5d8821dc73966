import { createHash } from "node:crypto";
import type { IntakeBatch } from "../model/intake.ts";
import { hostBehind, outsideArea, outsideAreas, outsideLook } from "../model/outside-look.ts";
import type { ImportAnswer, ImportedHost, ScanImport } from "../model/scan-import.ts";
import type { EventCounts } from "../store/rows.ts";
import type { Changes } from "../store/store.ts";
import type { Actor } from "./account-book.ts";
import { deed } from "./deed.ts";
import { hostAt } from "./ingest-outside.ts";
import { apply, countKinds, type Applied } from "./ingest.ts";
import type { Moment } from "./thread-messages.ts";
import type { WriteContext } from "./write-context.ts";

export interface Imported {
  readonly answer: ImportAnswer;
  readonly hostIds: readonly string[];
  readonly kinds: EventCounts;
}

/** What a file of another scanner says, address by address through the same decisions as every look; all of it or nothing. */
export async function importScan(
  context: WriteContext,
  { actor, scan }: { readonly actor: Actor; readonly scan: ScanImport },
  moment: Moment,
): Promise<Imported> {
  const { runId, vantage, hosts } = scan;
  const done = {
    actor,
    action: "scan.import",
    target: `vantage:${vantage}`,
    details: { runId, hosts: hosts.length },
  };
  return deed(context, moment, done, async (changes) => {
    const applied: Applied[] = [];
    const older: string[] = [];
    for (const host of hosts) {
      const one = await importHost(context, changes, { scan, host, moment });
      if (one === "older") older.push(host.address);
      else if (one !== undefined) applied.push(one);
    }
    for (const { sourceId } of applied) if (sourceId !== null) context.clockSteps.note(sourceId, moment);
    return tallied(applied, hosts, older);
  });
}

interface Entry {
  readonly scan: ScanImport;
  readonly host: ImportedHost;
  readonly moment: Moment;
}

async function importHost(
  context: WriteContext,
  changes: Changes,
  { scan, host: told, moment }: Entry,
): Promise<Applied | "older" | undefined> {
  const { address, open } = told;
  const host = await hostAt(changes, address, { create: open.length > 0, nowMs: moment.nowMs });
  if (host === undefined) return undefined;
  const source = await changes.source(host.id, "outside", scan.vantage);
  // By the scanner's clock both: what it saw before must not overrule what it saw after.
  const lastEndedMs = source === undefined ? 0 : source.lastLookMs + source.clockSkewMs;
  if (source !== undefined && source.runId !== scan.runId && scan.endedAtMs < lastEndedMs) return "older";
  const batch = batchOf(scan, told);
  const bodyHash = createHash("sha256").update(JSON.stringify(told)).digest("hex");
  return apply(context, changes, { host, batch, bodyHash, moment });
}

function batchOf(
  { runId, vantage, endedAtMs, asked }: ScanImport,
  { address, open }: ImportedHost,
): IntakeBatch {
  const coverage =
    asked === null
      ? outsideAreas(address, open)
      : asked.map(({ transport, ports }) => outsideArea(address, transport, ports));
  return {
    // One look per address and run: the run names it.
    batchId: runId,
    runId,
    sequence: 1,
    source: { kind: "import", version: "" },
    host: hostBehind(address),
    look: outsideLook({ address, coverage, open }, { vantage, atMs: endedAtMs }),
  };
}

function tallied(
  applied: readonly Applied[],
  hosts: readonly ImportedHost[],
  older: readonly string[],
): Imported {
  const kinds = { ...countKinds([]) } as Record<keyof EventCounts, number>;
  for (const { ingested } of applied) {
    for (const kind of Object.keys(kinds) as (keyof EventCounts)[]) kinds[kind] += ingested.kinds[kind];
  }
  const changed = applied.filter(({ ingested }) => ingested.answer.events > 0);
  return {
    answer: {
      hosts: hosts.length - older.length,
      ports: hosts.reduce((sum, { address, open }) => sum + (older.includes(address) ? 0 : open.length), 0),
      events: applied.reduce((sum, { ingested }) => sum + ingested.answer.events, 0),
      older,
    },
    hostIds: changed.flatMap(({ ingested }) => ingested.hostId ?? []),
    kinds,
  };
}
