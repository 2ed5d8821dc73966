import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newId } from "../../src/base/id.ts";
import type { TestContext } from "node:test";
import { settingsDefaults } from "../../src/app/settings.ts";
import { writeContext } from "../../src/app/write-context.ts";
import type { Rule } from "../../src/model/rule.ts";
import { enrol } from "../../src/app/hosts.ts";
import type { IngestContext } from "../../src/app/ingest.ts";
import type { Moment } from "../../src/app/thread-messages.ts";
import { embeddedStore } from "../../src/store/location.ts";
import { openWriter } from "../../src/store/open.ts";
import { openReading } from "../../src/store/sqlite/connection.ts";
import { identity } from "../store/fleet.ts";

export function freshFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "portolan-app-"));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

/** The writing side as its thread has it, in this thread. */
export async function openIngest(folder: string, rules: readonly Rule[] = []): Promise<IngestContext> {
  return writeContext(await openWriter(embeddedStore(folder)), { ...settingsDefaults, rules });
}

export const moment = (nowMs: number): Moment => ({ nowMs, monotonicMs: nowMs });

export function enrolHost(context: IngestContext, host: number, nowMs: number): Promise<string> {
  const [hostId, tokenId] = [newId(), newId()];
  const request = { actor: "test", identity: identity(host), secretHash: `hash-${host}`, hostId, tokenId };
  return enrol(context, request, moment(nowMs));
}

/** What stands in the file, asked past everything that could be wrong. */
export function ask<Row>(folder: string, query: string): Row[] {
  const db = openReading(embeddedStore(folder).slice("sqlite:".length));
  try {
    return db.prepare<[], Row>(query).all();
  } finally {
    db.close();
  }
}

export function integrity(folder: string): string {
  return (
    ask<{ integrity_check: string }>(folder, "pragma integrity_check")[0]?.integrity_check ?? "no answer"
  );
}
