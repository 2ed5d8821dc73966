import { accessSync, constants, mkdirSync, statfsSync } from "node:fs";
import { PortolanError } from "../base/errors.ts";

/**
 * File systems behind a network, by the magic that statfs(2) answers (linux/magic.h and the file systems' own headers).
 * SQLite's write-ahead log shares memory between processes of one machine: sqlite.org/wal.html.
 */
const networkFileSystems: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB2"],
  [0x01021997, "9P"],
  [0x5346414f, "AFS"],
  [0x6b414653, "AFS"],
  [0x00c36400, "Ceph"],
  [0x0bd00bd0, "Lustre"],
  [0x564c, "NCP"],
  [0x73757245, "Coda"],
  [0x786f4256, "VirtualBox shared folder"],
  [0x7461636f, "OCFS2"],
  [0x01161970, "GFS2"],
  [0x47504653, "GPFS"],
]);

export interface FolderChecks {
  /** What statfs(2) says of the folder; given in tests. */
  readonly fileSystemType?: number;
}

/** Makes the folder (0700) when it is missing. Throws `unavailable` when it cannot hold a database. */
export function prepareDataFolder(folder: string, checks: FolderChecks = {}): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new PortolanError("unavailable", `The data folder ${folder} cannot be written.`, {
      cause: error,
      hint: "Give the user that runs Portolan the right to write there, or name another folder with --data.",
      details: { folder },
    });
  }
  const type = (checks.fileSystemType ?? statfsSync(folder).type) >>> 0;
  const network = networkFileSystems.get(type);
  if (network === undefined) return;
  throw new PortolanError(
    "unavailable",
    `The data folder ${folder} lies on a network file system (${network}), where SQLite can lose or damage data.`,
    { hint: "Name a folder on a local disk with --data.", details: { folder, fileSystem: network } },
  );
}

/** Bytes that an unprivileged process may still write. */
export function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
