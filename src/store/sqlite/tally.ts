import type { Database } from "better-sqlite3";

export interface Tallied {
  readonly transport: string;
  readonly scope: string;
  readonly process: string;
}

/** What one transaction adds to the counters, and takes from them. */
export interface Tally {
  /** `state`: as it is listed. What is not settled is counted nowhere. */
  add(endpoint: Tallied, state: string, ports: 1 | -1): void;
  /** Writes what does not cancel out. */
  write(host: number): void;
}

class Sums extends Map<string, number> {
  add(key: string, ports: number): void {
    this.set(key, (this.get(key) ?? 0) + ports);
  }
}

export function tallies(db: Database): () => Tally {
  const save = db.prepare(`insert into tallies (host, state, transport, scope, ports) values (?, ?, ?, ?, ?)
    on conflict do update set ports = ports + excluded.ports`);
  const saveProcess = db.prepare(`insert into process_tallies (process, ports) values (?, ?)
    on conflict do update set ports = ports + excluded.ports`);
  const saveHost = db.prepare("update hosts set up = up + ?, down = down + ? where number = ?");
  return () => {
    const kinds = new Sums();
    const processes = new Sums();
    return {
      add({ transport, scope, process }, state, count) {
        if (state !== "up" && state !== "down") return;
        kinds.add(`${state} ${transport} ${scope}`, count);
        if (state === "up" && process !== "") processes.add(process, count);
      },
      write(host) {
        let up = 0;
        let down = 0;
        for (const [kind, count] of kinds) {
          if (count === 0) continue;
          const [state, transport, scope] = kind.split(" ");
          save.run(host, state, transport, scope, count);
          if (state === "up") up += count;
          else down += count;
        }
        if (up !== 0 || down !== 0) saveHost.run(up, down, host);
        for (const [process, count] of processes) if (count !== 0) saveProcess.run(process, count);
      },
    };
  };
}
