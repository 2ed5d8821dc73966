// What: uid → user name, by this machine's /etc/passwd.
// Idea: the file is read again when it has changed, and asked about at most once per look.
// Trap: users of a directory service (LDAP, SSSD) stand in no file: they keep their number. So do a container's own
//   users, whose numbers mean something else inside it.
// Source: passwd(5).

import { readFileSync, statSync } from "node:fs";
import { fitText } from "../../model/fit-listener.ts";
import { nameCharactersMax } from "../../model/process.ts";

export interface Users {
  nameOf(uid: number): string;
  /** Look at the file again if it changed. */
  refresh(): void;
}

const usersMax = 100_000;

export function readPasswd(text: string): Map<number, string> {
  const names = new Map<number, string>();
  for (const line of text.split("\n", usersMax)) {
    const [name = "", , uid = ""] = line.split(":", 3);
    if (name !== "" && /^\d{1,10}$/.test(uid) && !names.has(Number(uid))) {
      names.set(Number(uid), fitText(name, nameCharactersMax));
    }
  }
  return names;
}

export function createUsers(path = "/etc/passwd"): Users {
  let names = new Map<number, string>();
  let version = "";
  const refresh = (): void => {
    try {
      const { mtimeMs, size, ino } = statSync(path);
      const current = `${mtimeMs} ${size} ${ino}`;
      if (current === version) return;
      names = readPasswd(readFileSync(path, "utf8"));
      version = current;
    } catch {
      names = new Map();
      version = "";
    }
  };
  refresh();
  return { nameOf: (uid) => names.get(uid) ?? String(uid), refresh };
}
