import { parentPort, workerData } from "node:worker_threads";
import type { BackupOrder, BackupOutcome } from "./backup.ts";
import { openReading, quickCheck } from "./sqlite/connection.ts";

function copy({ source, draft }: BackupOrder): BackupOutcome {
  try {
    const db = openReading(source);
    try {
      // Of this connection only the copy is written: the database itself was opened read-only.
      db.pragma("query_only = off");
      db.prepare("vacuum into ?").run(draft);
    } finally {
      db.close();
    }
    const made = openReading(draft);
    try {
      const finding = quickCheck(made);
      return finding === null ? { done: true } : { code: "SQLITE_CORRUPT", message: finding };
    } finally {
      made.close();
    }
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: unknown };
    return { code: String(code), message: String(message) };
  }
}

parentPort?.postMessage(copy(workerData as BackupOrder));
