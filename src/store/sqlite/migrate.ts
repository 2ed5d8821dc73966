import type { Database } from "better-sqlite3";
import { PortolanError } from "../../base/errors.ts";
import { migrations, schemaVersion } from "./schema.ts";

/** "Ptln": tells our files from any other SQLite database. Stored in the file's header. */
export const applicationId = 0x50746c6e;

/** Brings the schema up to this program's, step by step, each in its own transaction. Touches nothing that it refuses. */
export function migrate(db: Database, path: string): void {
  const version = readVersion(db, path);
  for (const step of migrations) {
    if (step.version <= version) continue;
    db.transaction(() => {
      db.exec(step.statements);
      db.pragma(`application_id = ${applicationId}`);
      db.pragma(`user_version = ${step.version}`);
    }).immediate();
  }
}

/** 0 for an empty file. Throws `conflict` for a schema that is newer, or not ours. */
function readVersion(db: Database, path: string): number {
  const version = db.pragma("user_version", { simple: true }) as number;
  const application = db.pragma("application_id", { simple: true }) as number;
  const tables = db.prepare("select count(*) from sqlite_schema").pluck().get() as number;
  if (version === 0 && application === 0 && tables === 0) return 0;
  if (application !== applicationId) {
    throw new PortolanError("conflict", `${path} is an SQLite database, but not one of Portolan.`, {
      hint: "Name another data folder with --data, or move this file away.",
      details: { path },
    });
  }
  if (version > schemaVersion) {
    throw new PortolanError(
      "conflict",
      `The database ${path} was written by a newer Portolan (schema ${version}; this one knows up to ${schemaVersion}).`,
      {
        hint: "Start the newer Portolan, or restore a backup from before the upgrade.",
        details: { path, found: version, known: schemaVersion },
      },
    );
  }
  return version;
}
