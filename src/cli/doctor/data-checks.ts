import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { PortolanError } from "../../base/errors.ts";
import { bad, good } from "./check.ts";
import type { Check } from "./check.ts";

/** A day of a busy fleet, and the room that SQLite wants for its WAL. */
const freeBytesLeast = 512 * 1024 * 1024;

/** The folder itself, or the nearest one above it that exists. */
function existing(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : existing(dirname(folder));
}

/** Asks the store itself, so that doctor and server never differ. */
export const checkData: Check = async ({ say, folder }) => {
  const { freeBytes, prepareDataFolder } = await import("../../store/data-folder.ts");
  const present = existing(folder);
  try {
    prepareDataFolder(present);
  } catch (error) {
    const { message, hint } = error as PortolanError;
    return bad("data", "broken", message, hint ?? "");
  }
  const bytes = freeBytes(present);
  const free = gibibytes(bytes);
  if (bytes < freeBytesLeast) {
    const mend = say("doctor.data-full-mend", { least: gibibytes(freeBytesLeast) });
    return bad("data", "broken", say("doctor.data-full", { folder, free }), mend);
  }
  return good("data", say(present === folder ? "doctor.data-good" : "doctor.data-absent", { folder, free }));
};

function gibibytes(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
}

export const checkDatabase: Check = async ({ say, folder }) => {
  const file = join(folder, "portolan.db");
  if (!existsSync(file)) return good("database", say("doctor.database-absent"));
  const reason = await databaseProblem(file);
  return reason === null
    ? good("database", say("doctor.database-good"))
    : bad(
        "database",
        "broken",
        say("doctor.database-damaged", { reason }),
        say("doctor.database-mend", { file }),
      );
};

async function databaseProblem(file: string): Promise<string | null> {
  const { openReading, quickCheck } = await import("../../store/sqlite/connection.ts");
  try {
    const db = openReading(file);
    try {
      return quickCheck(db);
    } finally {
      db.close();
    }
  } catch (error) {
    return (error as Error).message;
  }
}
