import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { readLimit } from "./limit-sentences.ts";

test("what collectors say finds its words, with its figures", () => {
  assert.deepEqual(readLimit("owners: 12 processes may not be read: needs root or CAP_SYS_PTRACE"), {
    code: "processes-denied",
    params: { count: "12" },
  });
  assert.deepEqual(readLimit("sockets of netns:a: read from /proc, without bound devices: no netlink"), {
    code: "proc-fallback",
    params: { reason: "no netlink" },
  });
  assert.equal(readLimit("owner unknown: needs root or CAP_SYS_PTRACE")?.code, "owner-needs-rights");
  assert.equal(readLimit("something nobody has said before"), undefined);
});

test("every code that a sentence leads to has its words", () => {
  const words = JSON.parse(readFileSync(new URL("../../i18n/en.json", import.meta.url), "utf8")) as {
    limit: Record<string, { what?: string; what_one?: string; what_other?: string; mend: string }>;
  };
  for (const sentence of [
    "owners: processes of other users may not be read: needs root or CAP_SYS_PTRACE",
    "owners: a socket passed to a running process is noticed late: needs Linux 6.2 or newer",
    "network namespaces: not every one may be entered: needs root",
    "tcp of netns:a: not read: no such file",
    "udp: more endpoints than can be reported",
    "30000 listeners are more than one batch holds: ports above 40000 are not reported",
    "3 looks were dropped while the server was away",
    "more owners may exist: needs root or CAP_SYS_PTRACE",
    "owners: 1 processes may not be read, even with all rights",
    "owners: 1 process may not be read, even with all rights",
    "1 look was dropped while the server was away",
    "more owners may exist: some processes may not be read, even with all rights",
    "owner unknown: some processes may not be read, even with all rights",
    "owner unknown: held by the kernel or by a process outside this PID namespace",
    "7 more parts could not be read",
  ]) {
    const code = readLimit(sentence)?.code;
    const said = words.limit[code ?? ""];
    assert.ok(said?.what !== undefined || said?.what_other !== undefined, sentence);
  }
});
