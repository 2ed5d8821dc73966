import assert from "node:assert/strict";
import test from "node:test";
import { PortolanError } from "../base/errors.ts";
import type { PortQuery } from "../store/queries.ts";
import type { HostRecord, PortRecord } from "../store/rows.ts";
import type { Reader } from "../store/store.ts";
import { scrapeTargets, targetEndpointsMax, type TargetQuery } from "./scrape-targets.ts";

const host = (id: string, address: string, labels: Record<string, string>) =>
  ({ id, hostname: `name-${id}`, addresses: [address], labels }) as unknown as HostRecord;
const hosts = [host("1", "198.51.100.1", { stage: "prod" }), host("2", "198.51.100.2", { stage: "lab" })];

const port = (hostId: string, number: number, more: Partial<PortRecord> = {}) =>
  ({
    hostId,
    transport: "tcp",
    address: "0.0.0.0",
    port: number,
    networkNamespace: null,
    scope: "all",
    view: "inside",
    process: "node_exporter",
    user: null,
    unit: null,
    highRisk: null,
    ...more,
  }) as unknown as PortRecord;

/** Lists that are handed out `perPage` at a time. */
function readerOf(ports: readonly PortRecord[], perPage: number): { reader: Reader; asked: PortQuery[] } {
  const asked: PortQuery[] = [];
  const reader = {
    hosts: async () => ({ rows: hosts, total: hosts.length, nextCursor: null }),
    ports: async (query: PortQuery) => {
      asked.push(query);
      const from = Number(query.cursor ?? 0);
      const to = from + perPage;
      return {
        rows: ports.slice(from, to),
        total: ports.length,
        nextCursor: to < ports.length ? `${to}` : null,
      };
    },
  };
  return { reader: reader as unknown as Reader, asked };
}

const targetsOf = async (ports: readonly PortRecord[], query: TargetQuery = {}): Promise<string[]> =>
  (await scrapeTargets(readerOf(ports, 2).reader, query)).flatMap(({ targets }) => targets);

test("every page is read, and only what is up is asked for", async () => {
  const { reader, asked } = readerOf(
    [port("1", 1), port("1", 2), port("1", 3), port("2", 1), port("2", 2)],
    2,
  );
  const groups = await scrapeTargets(reader, { owner: "node_exporter" });
  assert.equal(groups.length, 5);
  assert.deepEqual(
    asked.map(({ state, owner, cursor }) => [state, owner, cursor]),
    [
      ["up", "node_exporter", undefined],
      ["up", "node_exporter", "2"],
      ["up", "node_exporter", "4"],
    ],
  );
});

test("a label chooses hosts, and one that no host has chooses none", async () => {
  const ports = [port("1", 9100), port("2", 9100)];
  assert.deepEqual(await targetsOf(ports, { label: { key: "stage", value: "lab" } }), ["198.51.100.2:9100"]);
  for (const label of [
    { key: "stage", value: "" },
    { key: "__proto__", value: "lab" },
  ])
    assert.deepEqual(await targetsOf(ports, { label }), []);
});

test("what is seen from inside and from outside is one target, with what the inside knows", async () => {
  const outside = port("1", 9100, {
    view: "outside",
    address: "198.51.100.1",
    scope: "address",
    process: null,
  });
  const inside = port("1", 9100);
  for (const ports of [
    [outside, inside],
    [inside, outside],
  ]) {
    const groups = await scrapeTargets(readerOf(ports, 2).reader, {});
    assert.deepEqual(
      groups.map(({ targets, labels }) => [targets, labels["__meta_portolan_process"]]),
      [[["198.51.100.1:9100"], "node_exporter"]],
    );
  }
});

test("more than one answer may hold is refused, not cut", async () => {
  const many = Array.from({ length: targetEndpointsMax }, (_, index) => port("1", index));
  const whole = await scrapeTargets(readerOf(many, 5_000).reader, {});
  assert.equal(whole.length, targetEndpointsMax);
  await assert.rejects(
    scrapeTargets(readerOf([...many, port("2", 1)], 5_000).reader, {}),
    (error) => error instanceof PortolanError && error.code === "invalid" && error.hint !== undefined,
  );
});
