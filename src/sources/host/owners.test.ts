import assert from "node:assert/strict";
import test from "node:test";
import { Owners } from "./owners.ts";
import type { ProcFs } from "./proc-fs.ts";
import { createProcessReader } from "./process-facts.ts";
import { ProcessTable } from "./process-table.ts";
import { createUsers } from "./users.ts";

interface FakeProcess {
  identity: number;
  startTicks: number;
  parentPid: number;
  readonly fds: Map<number, number>;
  commandLine: string;
  /** 0: nobody can tell. */
  cpuTime: number;
  denied?: boolean;
}

/** A /proc in memory: descriptors are numbers of sockets, 0 = no socket. */
class FakeProc implements ProcFs {
  readonly all = new Map<number, FakeProcess>();
  /** Descriptors that were read one by one. */
  reads = 0;
  /** Everything else that was asked of single processes, but for their clocks. */
  questions = 0;

  add(pid: number, sockets: readonly number[], parentPid = 1): FakeProcess {
    const fake: FakeProcess = {
      identity: pid * 1000,
      startTicks: pid,
      parentPid,
      fds: new Map(sockets.map((inode, fd) => [fd, inode])),
      commandLine: `/bin/p${pid}`,
      cpuTime: 0,
    };
    this.all.set(pid, fake);
    return fake;
  }

  processes(visit: (pid: number, identity: number) => void): void {
    for (const [pid, { identity }] of this.all) visit(pid, identity);
  }

  read(pid: number, name: string): Buffer | undefined {
    this.questions++;
    const fake = this.all.get(pid);
    if (fake === undefined) return undefined;
    if (name === "cmdline") return Buffer.from(fake.commandLine);
    if (name === "status") return Buffer.from("Uid:\t0\t0\t0\t0\n");
    if (name !== "stat") return Buffer.from("");
    const zeros = "0 ".repeat(12);
    return Buffer.from(`${pid} (p) S ${fake.parentPid} 0 0 0 0 0 ${zeros}${fake.startTicks} 0`);
  }

  link(pid: number, name: string): Buffer | undefined {
    this.questions++;
    return name === "exe" && this.all.has(pid) ? Buffer.from("/bin/p") : undefined;
  }

  cpuTime(pid: number): number {
    return this.all.get(pid)?.cpuTime ?? -1;
  }

  fdCount(pid: number): number {
    this.questions++;
    return pid === process.pid ? 1 : (this.all.get(pid)?.fds.size ?? -1);
  }

  lost(pid: number, held: ReadonlyMap<number, number>, visit: (inode: number) => void): void {
    this.questions++;
    for (const [inode, fd] of held) if (this.all.get(pid)?.fds.get(fd) !== inode) visit(inode);
  }

  sockets(pid: number, from: number, max: number, visit: (fd: number, inode: number) => void) {
    const fake = this.all.get(pid);
    if (fake === undefined) return { outcome: "gone", next: 0, read: 0 } as const;
    if (fake.denied === true) return { outcome: "denied", next: 0, read: 0 } as const;
    let read = 0;
    for (const [fd, inode] of fake.fds) {
      if (fd < from) continue;
      if (read === max) return { outcome: "more", next: fd, read } as const;
      read++;
      this.reads++;
      if (inode > 0) visit(fd, inode);
    }
    return { outcome: "complete", next: 0, read } as const;
  }
}

function memoryOf(proc: FakeProc) {
  const reader = createProcessReader(proc, createUsers("/nonexistent"), 1);
  const table = new ProcessTable(proc, reader, false);
  const owners = new Owners(proc, reader, table);
  return {
    owners,
    look: () => [...owners.update(table.refresh())],
    pidsOf: (inode: number) =>
      owners
        .holdersOf(inode)
        .map(({ pid }) => pid)
        .sort((a, b) => a - b),
  };
}

const largeTable = (count: number, ...sockets: readonly number[]): number[] => [
  ...Array.from({ length: count }, () => 0),
  ...sockets,
];

/** Looks until it is found: never much at once, and within the bound that the preamble of `owners.ts` states. */
function foundInSlices(proc: FakeProc, look: () => unknown, found: () => boolean): void {
  let looks = 0;
  while (!found() && looks < 1000) {
    proc.reads = 0;
    look();
    looks++;
    assert.ok(proc.reads <= 1100, `${proc.reads} descriptors in one look`);
  }
  assert.ok(looks <= 2 * Math.ceil(20_001 / 500) + 1, `${looks} looks`);
}

test("all holders of a socket are found at the first look, and a quiet look changes nothing", () => {
  const proc = new FakeProc();
  proc.add(10, [0, 77]);
  proc.add(11, [77, 0], 10);
  const { owners, look, pidsOf } = memoryOf(proc);
  owners.watch(77, "tcp");
  assert.deepEqual(look(), [77]);
  assert.deepEqual(pidsOf(77), [10, 11]);
  for (let index = 0; index < 50; index++) assert.deepEqual(look(), []);
});

test("a process that ends, inherits, receives or closes is noticed at the next look", () => {
  const proc = new FakeProc();
  const ten = proc.add(10, [77]);
  const eleven = proc.add(11, [0]);
  const { owners, look, pidsOf } = memoryOf(proc);
  owners.watch(77, "tcp");
  look();
  proc.add(12, [77], 10);
  assert.deepEqual(look(), [77]);
  assert.deepEqual(pidsOf(77), [10, 12]);
  eleven.fds.set(1, 77);
  look();
  assert.deepEqual(pidsOf(77), [10, 11, 12]);
  ten.fds.delete(0);
  look();
  assert.deepEqual(pidsOf(77), [11, 12]);
  proc.all.delete(12);
  look();
  assert.deepEqual(pidsOf(77), [11]);
});

test("another process under the same pid is another holder", () => {
  const proc = new FakeProc();
  proc.add(10, [77]);
  proc.add(11, [77]);
  const { owners, look, pidsOf } = memoryOf(proc);
  owners.watch(77, "tcp");
  look();
  proc.all.delete(10);
  const next = proc.add(10, [0]);
  next.identity++;
  next.startTicks++;
  assert.deepEqual(look(), [77]);
  assert.deepEqual(pidsOf(77), [11]);
});

test("a folder's new inode alone is not another process", () => {
  const proc = new FakeProc();
  const ten = proc.add(10, [77]);
  const { owners, look, pidsOf } = memoryOf(proc);
  owners.watch(77, "tcp");
  look();
  ten.identity++;
  assert.deepEqual(look(), []);
  assert.deepEqual(pidsOf(77), [10]);
});

test("a program that was replaced by exec, or moved the socket to another descriptor, is noticed", () => {
  const proc = new FakeProc();
  const ten = proc.add(10, [77]);
  const { owners, look, pidsOf } = memoryOf(proc);
  owners.watch(77, "tcp");
  look();
  ten.commandLine = "/bin/other";
  assert.deepEqual(look(), [77]);
  assert.equal(owners.holdersOf(77)[0]?.facts?.process.commandLine, "/bin/other");
  ten.fds.delete(0);
  ten.fds.set(9, 77);
  look();
  assert.deepEqual(pidsOf(77), [10]);
});

test("an exchange that leaves the number of descriptors as it was is found within the documented bound", () => {
  const proc = new FakeProc();
  proc.add(10, [77]);
  const large = proc.add(11, largeTable(20_000));
  const { owners, look, pidsOf } = memoryOf(proc);
  owners.watch(77, "tcp");
  look();
  large.fds.set(19_000, 77);
  foundInSlices(proc, look, () => pidsOf(77).length === 2);
});

test("a large table that changes all the time is read in slices only", () => {
  const proc = new FakeProc();
  proc.add(10, [77]);
  const large = proc.add(11, largeTable(50_000));
  const { owners, look } = memoryOf(proc);
  owners.watch(77, "tcp");
  look();
  for (let index = 0; index < 100; index++) {
    large.fds.set(60_000 + index, 0);
    proc.reads = 0;
    look();
    assert.ok(proc.reads <= 1100, `${proc.reads} descriptors in one look`);
  }
});

test("a new TCP listener in a large table has its owner at once, on credit", () => {
  const proc = new FakeProc();
  const quiet = proc.add(10, largeTable(40_000));
  const busy = proc.add(11, largeTable(50_000));
  const { owners, look, pidsOf } = memoryOf(proc);
  look();
  busy.fds.set(60_000, 78);
  owners.watch(78, "tcp");
  proc.reads = 0;
  look();
  assert.deepEqual(pidsOf(78), [11]);
  assert.ok(proc.reads < 52_000, "the table whose count changed is read first");
  // The count says nothing this time.
  quiet.fds.set(20_000, 79);
  owners.watch(79, "tcp");
  look();
  assert.deepEqual(pidsOf(79), [10]);
});

test("a socket that began to listen after the fork has both relatives as holders", () => {
  const proc = new FakeProc();
  proc.add(10, [0, 77]);
  proc.add(11, [0, 77], 10);
  const { owners, look, pidsOf } = memoryOf(proc);
  look();
  owners.watch(77, "tcp");
  look();
  assert.deepEqual(pidsOf(77), [10, 11]);
});

test("a socket without a holder is searched for ever more rarely", () => {
  const proc = new FakeProc();
  for (let pid = 10; pid < 60; pid++) proc.add(pid, largeTable(20));
  const { owners, look } = memoryOf(proc);
  look();
  owners.watch(99, "udp");
  proc.reads = 0;
  for (let index = 0; index < 500; index++) look();
  const searches = (proc.reads - (500 * 1000) / 30) / 1000;
  assert.ok(searches < 12, `${searches} searches`);
});

test("a process that may not be read is counted", () => {
  const proc = new FakeProc();
  proc.add(10, [77]).denied = true;
  const { owners, look, pidsOf } = memoryOf(proc);
  owners.watch(77, "tcp");
  look();
  assert.equal(owners.denied, 1);
  assert.deepEqual(pidsOf(77), []);
});

/** Processes whose clocks move only by `run`. */
function withClocks(proc: FakeProc): { run(pid: number): void } {
  const run = (pid: number): void => {
    const fake = proc.all.get(pid);
    if (fake !== undefined) fake.cpuTime += 1000;
  };
  for (const pid of proc.all.keys()) run(pid);
  return { run };
}

test("of processes that did nothing since they were read, nothing is read again", () => {
  const proc = new FakeProc();
  for (let pid = 10; pid < 60; pid++) proc.add(pid, [pid * 100, ...largeTable(200)]);
  proc.add(60, largeTable(20_000));
  withClocks(proc);
  const { owners, look } = memoryOf(proc);
  for (let pid = 10; pid < 60; pid++) owners.watch(pid * 100, "tcp");
  look();
  look();
  proc.reads = 0;
  proc.questions = 0;
  for (let index = 0; index < 100; index++) assert.deepEqual(look(), []);
  assert.equal(proc.reads, 0);
  assert.equal(proc.questions, 0);
});

test("who ran is asked again: what was closed, received, inherited or replaced by exec shows at once", () => {
  const proc = new FakeProc();
  const ten = proc.add(10, [77, 78]);
  const eleven = proc.add(11, [0]);
  const { run } = withClocks(proc);
  const { owners, look, pidsOf } = memoryOf(proc);
  owners.watch(77, "tcp");
  owners.watch(78, "tcp");
  look();
  look();
  eleven.fds.set(1, 77);
  run(11);
  assert.deepEqual(look(), [77]);
  assert.deepEqual(pidsOf(77), [10, 11]);
  ten.fds.delete(0);
  run(10);
  assert.deepEqual(look(), [77]);
  assert.deepEqual(pidsOf(77), [11]);
  ten.commandLine = "/bin/other";
  run(10);
  assert.deepEqual(look(), [78]);
  proc.add(12, [77], 11);
  assert.deepEqual(look(), [77]);
  assert.deepEqual(pidsOf(77), [11, 12]);
  assert.deepEqual(look(), []);
});

test("a hidden exchange by a process that ran once is found within the bound, however long it sleeps since", () => {
  const proc = new FakeProc();
  proc.add(10, [77]);
  const large = proc.add(11, largeTable(20_000));
  const { run } = withClocks(proc);
  const { owners, look, pidsOf } = memoryOf(proc);
  owners.watch(77, "tcp");
  look();
  for (let index = 0; index < 7; index++) look();
  large.fds.set(19_000, 77);
  run(11);
  foundInSlices(proc, look, () => pidsOf(77).length === 2);
});

test("a sleeping holder of a socket that listens only now is found with the next look", () => {
  const proc = new FakeProc();
  // Bound before the fork; the process that made it listen has ended since.
  proc.add(10, [0, 77]);
  for (let pid = 11; pid < 30; pid++) proc.add(pid, largeTable(20));
  withClocks(proc);
  const { owners, look, pidsOf } = memoryOf(proc);
  look();
  look();
  owners.watch(77, "tcp");
  look();
  look();
  assert.deepEqual(pidsOf(77), [10]);
});

test("a large table is searched once for one socket, even when its process runs all the time", () => {
  const proc = new FakeProc();
  proc.add(10, largeTable(20_000));
  const { run } = withClocks(proc);
  const { owners, look } = memoryOf(proc);
  look();
  owners.watch(99, "tcp");
  proc.reads = 0;
  for (let index = 0; index < 300; index++) {
    run(10);
    look();
  }
  assert.ok(proc.reads <= 20_000 + 300 * 500, `${proc.reads} descriptors`);
});
