import assert from "node:assert/strict";
import test from "node:test";
import type { PortEvent, TroubleEvent } from "../../model/event.ts";
import { ownersMax } from "../../model/owner.ts";
import { eventItem } from "./event-item.ts";
import { trapperDefaults } from "./trapper-queue.ts";

const owner = { executable: "/usr/sbin/nginx", program: null, user: "root", unit: null, containerId: null };
const event: PortEvent = {
  id: "0191d0c4-0000-7000-8000-000000000001",
  kind: "down",
  atMs: Date.UTC(2026, 10, 21, 17, 0, 0),
  observedAtMs: Date.UTC(2026, 10, 21, 16, 59, 58),
  hostId: "h1",
  view: "inside",
  endpoint: { transport: "tcp", address: "::", port: 443, interface: null, networkNamespace: null },
  ownersBefore: [owner],
  ownersAfter: [],
  reason: { code: "not-seen", misses: 2, spanMs: 2_000 },
  verdict: { action: "forbid", ruleId: "r1", highRisk: null },
};

test("an event becomes one value with the event's own time", () => {
  const { host, key, value, atMs } = eventItem("web-1", event);
  assert.deepEqual([host, key, atMs], ["web-1", "portolan.event", event.atMs]);
  assert.deepEqual(JSON.parse(value), {
    id: event.id,
    kind: "down",
    at: "2026-11-21T17:00:00.000Z",
    view: "inside",
    endpoint: "tcp/[::]:443",
    processBefore: "nginx",
    processAfter: null,
    verdict: "forbid",
    highRisk: null,
  });
});

test("trouble becomes one value as well, with the worst of those who cause it", () => {
  const trouble: TroubleEvent = {
    id: event.id,
    kind: "trouble",
    atMs: event.atMs,
    observedAtMs: event.atMs,
    hostId: "h1",
    trouble: {
      kind: "close-wait-leak",
      subject: "x".repeat(256),
      severity: "warning",
      sources: Array.from({ length: 50 }, (_, index) => ({ remote: `192.0.2.${index}`, count: 50 - index })),
      process: { name: "\u4e2d".repeat(256), pid: 7 },
      port: 443,
      reasons: [],
      meaning: "process-never-closes",
      advice: [],
      state: "firing",
      sinceMs: event.atMs,
      changedMs: event.atMs,
    },
  };
  const { value } = eventItem("web-1", trouble);
  const told = JSON.parse(value) as { trouble: string; sources: string[]; port: number };
  assert.deepEqual([told.trouble, told.port, told.sources.length], ["close-wait-leak", 443, 10]);
  assert.equal(told.sources[0], "192.0.2.0");
  assert.ok(Buffer.byteLength(value) <= trapperDefaults.valueBytesMax);
});

test("no event is too long for a text item", () => {
  const long = { ...owner, executable: `/${"\u4e2d".repeat(4_000)}`, program: "x".repeat(4_000) };
  const many = Array.from({ length: ownersMax }, () => long);
  const { value } = eventItem("web-1", { ...event, ownersBefore: many, ownersAfter: many });
  assert.ok(Buffer.byteLength(value) <= trapperDefaults.valueBytesMax, `${Buffer.byteLength(value)} bytes`);
});
