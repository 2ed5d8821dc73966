import { PortolanError } from "../../base/errors.ts";

/** The shell line that brings a backup back; the program must not do it by itself. */
export function restoreHint(path: string): string {
  return `Stop Portolan, then put the last backup in its place: mv '${path}' '${path}.damaged' && rm -f '${path}-wal' '${path}-shm' && cp BACKUP.db '${path}'`;
}

function codeOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error && typeof error.code === "string"
    ? error.code
    : "";
}

/** Foreign errors end here: nobody outside this folder sees a driver's code. */
export function storeFailure(error: unknown, path: string): PortolanError {
  if (error instanceof PortolanError) return error;
  const code = codeOf(error);
  const options = { cause: error, details: { path, sqlite: code } };
  if (
    code === "SQLITE_FULL" ||
    code === "ENOSPC" ||
    code === "SQLITE_IOERR_WRITE" ||
    code === "SQLITE_IOERR_SHMSIZE"
  ) {
    return new PortolanError("unavailable", `No space is left on the disk of ${path}; nothing was stored.`, {
      ...options,
      details: { ...options.details, reason: "disk-full" },
      hint: "Free space on that file system; work goes on by itself.",
    });
  }
  if (code.startsWith("SQLITE_CORRUPT") || code === "SQLITE_NOTADB") {
    return new PortolanError("internal", `The database ${path} is damaged.`, {
      ...options,
      details: { ...options.details, reason: "damaged" },
      hint: restoreHint(path),
    });
  }
  if (
    code.startsWith("SQLITE_READONLY") ||
    code === "SQLITE_CANTOPEN" ||
    code === "SQLITE_PERM" ||
    code === "EACCES"
  ) {
    return new PortolanError("unavailable", `The database ${path} cannot be written.`, {
      ...options,
      details: { ...options.details, reason: "not-writable" },
      hint: "Give the user that runs Portolan the right to write to the data folder and every file in it.",
    });
  }
  if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED")) {
    return new PortolanError("unavailable", `The database ${path} is busy.`, {
      ...options,
      hint: "Try again.",
    });
  }
  if (code.startsWith("SQLITE_IOERR")) {
    return new PortolanError("unavailable", `The disk of ${path} answers with errors.`, {
      ...options,
      details: { ...options.details, reason: "input-output" },
      hint: "Look into the kernel's log for the disk's errors.",
    });
  }
  const text = error instanceof Error ? error.message : String(error);
  return new PortolanError("internal", `The store failed: ${text}`, options);
}
