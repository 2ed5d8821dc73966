import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import test from "node:test";
import { nativeProcFs } from "../../src/sources/host/proc-fs-native.ts";
import { openLibc } from "../../src/sources/link/libc.ts";

const patienceMs = 10_000;
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

test("the clock of a process stands while it sleeps and moves with the least that it does", async (t) => {
  const libc = await openLibc();
  if ("unavailable" in libc) return t.skip(libc.unavailable);
  const proc = nativeProcFs(libc);
  if (proc.cpuTime(process.pid) === 0)
    return t.skip("no clock of processes, or /proc of another pid namespace");
  const child = spawn("cat", { stdio: ["pipe", "pipe", "inherit"] });
  const pid = child.pid ?? 0;
  const endMs = performance.now() + patienceMs;
  const standing = async (): Promise<number> => {
    for (;;) {
      const before = proc.cpuTime(pid);
      await pause();
      if (proc.cpuTime(pid) === before) return before;
      assert.ok(performance.now() < endMs, "it never stands");
    }
  };
  for (let round = 0; round < 5; round++) {
    child.stdin.write("one line\n");
    await once(child.stdout, "data");
    const before = await standing();
    for (let look = 0; look < 5; look++) {
      await pause();
      assert.equal(proc.cpuTime(pid), before);
    }
    child.stdin.write("another\n");
    await once(child.stdout, "data");
    assert.ok((await standing()) > before);
  }
  child.stdin.end();
  await once(child, "exit");
  await pause();
  assert.equal(proc.cpuTime(pid), -1);
});
