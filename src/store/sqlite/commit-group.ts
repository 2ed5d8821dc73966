import type { Database } from "better-sqlite3";

/**
 * A group is committed when nothing more waits; under a load that never lets up, after so many members or so long. The
 * longer it is, the fewer times a page of an index is written: a first load of a fleet is six times faster by it.
 */
const membersMax = 256;
const openMaxMs = 1_000;

type Work<T> = () => Promise<T>;

export interface CommitGroup {
  /**
   * Runs `work` all or nothing; it may run twice, and then the second time counts. The promise inside settles once what
   * it wrote is on the way to the disk: with the answer, or with the error of this work alone.
   */
  run<T>(durable: boolean, work: Work<T>): Promise<{ readonly outcome: Promise<T> }>;
  commit(): void;
}

interface Member {
  again(): Promise<void>;
  settle(lost?: unknown): void;
}

interface Group {
  readonly durable: boolean;
  readonly sinceMs: number;
  readonly members: Member[];
}

/**
 * Transactions that arrive together share one commit: a page that ten of them change is written once, and the disk is
 * waited for once. Nobody is answered before that commit. A savepoint for each would copy every page that it changes,
 * a third of the cost of an intake, so there is none: a member that fails before it wrote anything leaves the group as
 * it was. One that fails later takes the group back, and all of it is done once more, each in a transaction of its own.
 */
export function commitGroup(db: Database): CommitGroup {
  const written = db.prepare<[], number>("select total_changes()").pluck();
  let group: Group | undefined;
  let synchronous = "normal";

  const begin = (durable: boolean): void => {
    const wanted = durable ? "full" : "normal";
    if (wanted !== synchronous) db.pragma(`synchronous = ${wanted}`);
    synchronous = wanted;
    db.exec("begin immediate");
  };

  const open = (durable: boolean): Group => {
    begin(durable);
    const opened: Group = { durable, sinceMs: performance.now(), members: [] };
    setImmediate(() => {
      if (group === opened) commit();
    });
    return opened;
  };

  const rollBack = (): void => {
    if (db.inTransaction) db.exec("rollback");
  };

  const commit = (): void => {
    if (group === undefined) return;
    const { members } = group;
    group = undefined;
    try {
      db.exec("commit");
    } catch (error) {
      rollBack();
      for (const member of members) member.settle(error);
      return;
    }
    for (const member of members) member.settle();
  };

  const alone = async <T>(durable: boolean, work: Work<T>): Promise<T> => {
    begin(durable);
    try {
      const result = await work();
      db.exec("commit");
      return result;
    } catch (error) {
      rollBack();
      throw error;
    }
  };

  const join = <T>(own: Group, work: Work<T>, first: T): Promise<T> => {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    // Whoever gave up waiting does not listen any more.
    promise.catch(() => undefined);
    own.members.push({
      again: () => alone(own.durable, work).then(resolve, reject),
      settle: (lost) => (lost === undefined ? resolve(first) : reject(lost)),
    });
    return promise;
  };

  return {
    commit,
    async run(durable, work) {
      if (group !== undefined && group.durable !== durable) commit();
      group ??= open(durable);
      const own = group;
      const before = written.get();
      try {
        const outcome = join(own, work, await work());
        if (own.members.length >= membersMax || performance.now() - own.sinceMs > openMaxMs) commit();
        return { outcome };
      } catch (error) {
        // A full disk may have rolled back everything already: then all members are lost, not only this one.
        if (db.inTransaction && written.get() === before) throw error;
        group = undefined;
        rollBack();
        for (const member of own.members) await member.again();
        const outcome = alone(durable, work);
        await outcome.catch(() => undefined);
        return { outcome };
      }
    },
  };
}
