import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { Worker } from "node:worker_threads";
import { PortolanError } from "../base/errors.ts";
import { sqlitePath, type StoreLocation } from "./location.ts";
import { storeFailure } from "./sqlite/failure.ts";

/** What the copying thread is told, and what it answers. */
export interface BackupOrder {
  readonly source: string;
  readonly draft: string;
}

export type BackupOutcome = { readonly done: true } | { readonly code: string; readonly message: string };

/**
 * A consistent copy of one moment into a new file, checked before it gets its name. Runs in a thread of its own on a
 * connection that only reads, so that neither reading nor writing waits. `conflict` when the file is there already.
 */
export async function backupStore(location: StoreLocation, target: string): Promise<void> {
  if (existsSync(target)) {
    throw new PortolanError("conflict", `${target} is there already; a backup never overwrites.`, {
      hint: "Name a new file.",
    });
  }
  const draft = `${target}.part`;
  rmSync(draft, { force: true });
  const order: BackupOrder = { source: sqlitePath(location), draft };
  try {
    const outcome = await copyInThread(order);
    if (!("done" in outcome))
      throw storeFailure(Object.assign(new Error(outcome.message), { code: outcome.code }), draft);
    flush(draft);
    renameSync(draft, target);
    flush(dirname(target));
  } catch (error) {
    rmSync(draft, { force: true });
    throw storeFailure(error, draft);
  }
}

function copyInThread(order: BackupOrder): Promise<BackupOutcome> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL("./backup-thread.ts", import.meta.url), { workerData: order });
    thread.once("message", resolve);
    thread.once("error", reject);
    thread.once("exit", () =>
      reject(new PortolanError("unavailable", "The backup ended before it was done.")),
    );
  });
}

function flush(path: string): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
