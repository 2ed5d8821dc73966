import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import test from "node:test";
import type { HealthCheck } from "../app/views.ts";
import { compiledExitCode, crashesToDistrustFfi, superviseAgent } from "./local-agent.ts";

/** A child that ends by itself after `lifeMs`, or when its stdin does. */
function fakeChild(lifeMs: number, written: string[], code: number | null = null): ChildProcess {
  const stdin = new PassThrough();
  const child = Object.assign(new EventEmitter(), { stdin, kill: () => true });
  stdin.on("data", (chunk: Buffer) => written.push(chunk.toString()));
  stdin.on("end", () => child.emit("exit", 0, null));
  if (lifeMs > 0) setTimeout(() => child.emit("exit", code, code === null ? "SIGSEGV" : null), lifeMs);
  return child as unknown as ChildProcess;
}

const order = {
  server: "http://127.0.0.1:1",
  token: "ptl_secret",
  spool: "/tmp/x",
  intervalMs: 2000,
  namespaces: "all",
  zabbix: null,
  block: null,
} as const;

test("an agent that crashes is started again, later each time, and at the third crash without FFI", async () => {
  const stop = new AbortController();
  const starts: boolean[] = [];
  const pauses: number[] = [];
  const told: HealthCheck[] = [];
  let distrusted = 0;
  let nowMs = 0;
  await superviseAgent({
    order,
    ffi: true,
    clock: { nowMs: () => 0, monotonicMs: () => (nowMs += 1) },
    signal: stop.signal,
    ended: (how, pauseMs) => {
      assert.equal(how, "SIGSEGV");
      pauses.push(pauseMs);
    },
    withoutFfi: (crashes) => {
      distrusted = crashes;
      stop.abort();
    },
    health: (check) => told.push(check),
    start: (ffi) => {
      starts.push(ffi);
      return fakeChild(1, []);
    },
  });
  assert.deepEqual(starts, [true, true, true]);
  assert.deepEqual(pauses, [500, 1000, 2000]);
  assert.equal(distrusted, crashesToDistrustFfi);
  assert.deepEqual(
    told.map(({ code, status, params }) => [code, status, params["ends"]]),
    [
      ["agent-runs", "ok", undefined],
      ["agent-ended", "degraded", 1],
      ["agent-ended", "degraded", 2],
      ["agent-ended", "failing", 3],
    ],
  );
  assert.ok(told.slice(1).every(({ what, mend }) => what.includes("SIGSEGV") && mend !== null));
});

test("the order goes by stdin, and the end of stdin ends the child", async () => {
  const stop = new AbortController();
  const written: string[] = [];
  const supervised = superviseAgent({
    order,
    ffi: true,
    clock: { nowMs: () => 0, monotonicMs: () => 0 },
    signal: stop.signal,
    ended: () => assert.fail("it was asked to end"),
    withoutFfi: () => assert.fail(),
    health: () => {},
    start: () => fakeChild(0, written),
  });
  await new Promise((resolve) => setTimeout(resolve, 10));
  stop.abort();
  await supervised;
  assert.deepEqual(JSON.parse(written.join("")), { ...order, mayRestart: true });
});

test("a child that had to compile its code is started again once, at once, and it is no crash", async () => {
  const stop = new AbortController();
  const written: string[] = [];
  let starts = 0;
  const supervised = superviseAgent({
    order,
    ffi: true,
    clock: { nowMs: () => 0, monotonicMs: () => 0 },
    signal: stop.signal,
    ended: () => stop.abort(),
    withoutFfi: () => assert.fail(),
    health: () => {},
    start: () => {
      starts += 1;
      return fakeChild(2, written, compiledExitCode);
    },
  });
  await supervised;
  assert.equal(starts, 2);
  const orders = written.map((line) => (JSON.parse(line) as { readonly mayRestart: boolean }).mayRestart);
  assert.deepEqual(orders, [true, false]);
});
