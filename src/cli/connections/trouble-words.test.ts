import assert from "node:assert/strict";
import test from "node:test";
import { aVerdict } from "../../../test/support/connections.ts";
import { createSay } from "../language/language.ts";
import { oddText, reasonText, sourcesText, verdictText } from "./trouble-words.ts";

test("a verdict says what, of whom, and where", async () => {
  const say = await createSay("en");
  assert.equal(verdictText(say, aVerdict()), "SYN flood");
  const leak = aVerdict({ kind: "close-wait-leak", subject: "java", process: { name: "java", pid: 411 } });
  assert.equal(verdictText(say, leak), "CLOSE-WAIT leak: java (411)");
  const overflow = aVerdict({
    kind: "listen-overflow",
    subject: "tcp/443",
    process: { name: "nginx\u001b[31m", pid: null },
  });
  assert.equal(verdictText(say, overflow), "accept queue overflow: tcp/443 nginx\\x1b[31m");
});

test("figures are grouped, shares and lengths have their units, what is usual stands behind", async () => {
  const say = await createSay("en");
  assert.equal(
    reasonText(say, { code: "half-open", count: 4_812, usual: 40 }),
    "4,812 half-open connections (usual: up to 40)",
  );
  assert.equal(
    reasonText(say, { code: "half-open-share", perMille: 885, usualPerMille: null }),
    "88.5 % of all connections are half-open",
  );
  assert.equal(
    reasonText(say, { code: "handshake-lasts", ms: 2_300, usualMs: 40 }),
    "a handshake lasts 2s300ms (usual: up to 40ms)",
  );
  assert.equal(
    reasonText(say, { code: "close-wait", count: 640, usual: null, forMs: 125_400 }),
    "640 in CLOSE-WAIT for 2m5s",
  );
  assert.equal(
    reasonText(say, { code: "queue", port: 8_443, waiting: 511, max: 511 }),
    "511 of 511 places of port 8443 wait to be accepted",
  );
});

test("the same in Chinese", async () => {
  const say = await createSay("zh-CN");
  assert.equal(
    reasonText(say, { code: "half-open", count: 4_812, usual: 40 }),
    "4,812 个半开连接（平时不超过 40）",
  );
  assert.equal(oddText(say, { code: "many-ports", ports: 7 }), "访问 7 个不同服务");
});

test("the first three sources are named, the others counted", async () => {
  const say = await createSay("en");
  const sources = Array.from({ length: 50 }, (_, index) => ({ remote: `203.0.113.${index}`, count: 2_000 }));
  assert.equal(
    sourcesText(say, aVerdict({ sources })),
    "203.0.113.0 (2,000), 203.0.113.1 (2,000), 203.0.113.2 (2,000), 47 more",
  );
  assert.equal(sourcesText(say, aVerdict()), "");
});
