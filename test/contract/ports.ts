import assert from "node:assert/strict";
import { addressBytes } from "../../src/base/ip.ts";
import { endpointKey } from "../../src/model/endpoint.ts";
import { portSorts, type PortSort } from "../../src/store/queries.ts";
import type { Page, PortRecord } from "../../src/store/rows.ts";
import type { Reader } from "../../src/store/store.ts";
import type { Clauses } from "./clauses.ts";
import { addHosts, belief, quick, startMs, write } from "./samples.ts";

async function all(reader: Reader, sort: PortSort | `-${PortSort}`, limit: number): Promise<PortRecord[]> {
  const rows: PortRecord[] = [];
  let page: Page<PortRecord> | undefined;
  do {
    page = await reader.ports({ sort, limit, cursor: page?.nextCursor ?? undefined });
    rows.push(...page.rows);
  } while (page.nextCursor !== null);
  return rows;
}

const compareText = (a: string, b: string): number => Number(a > b) - Number(a < b);
const orders: Readonly<Record<PortSort, (a: PortRecord, b: PortRecord) => number>> = {
  port: (a, b) => a.port - b.port,
  address: (a, b) =>
    Buffer.compare(addressBytes(a.address) ?? Buffer.alloc(0), addressBytes(b.address) ?? Buffer.alloc(0)),
  host: (a, b) => compareText(a.hostName, b.hostName),
  process: (a, b) => compareText(a.process ?? "", b.process ?? ""),
  user: (a, b) => compareText(a.user ?? "", b.user ?? ""),
  unit: (a, b) => compareText(a.unit ?? "", b.unit ?? ""),
  scope: (a, b) => compareText(a.scope, b.scope),
  transport: (a, b) => compareText(a.transport, b.transport),
  since: (a, b) => a.sinceMs - b.sinceMs,
  lastChange: () => 0,
};

export const ports: Clauses = {
  "every sort, both ways, by cursor and by offset, gives each row once and in order": async ({
    writer,
    reader,
  }) => {
    await writer.transaction(quick, async (changes) => {
      await addHosts(changes, 4);
      for (let host = 0; host < 4; host += 1) {
        await changes.saveBeliefs(Array.from({ length: 23 }, (_, index) => write(belief(host, index))));
      }
    });
    for (const sort of portSorts) {
      const up = await all(reader, sort, 7);
      const down = await all(reader, `-${sort}`, 7);
      assert.equal(new Set(up.map((row) => row.id)).size, 92, sort);
      assert.deepEqual(
        down.map((row) => row.id),
        up.map((row) => row.id).reverse(),
        sort,
      );
      for (const [index, row] of up.entries()) {
        const next = up[index + 1];
        if (next !== undefined) assert.ok(orders[sort](row, next) <= 0, `${sort} at ${index}`);
      }
      const window = await reader.ports({ sort, limit: 10, offset: 50 });
      assert.deepEqual(
        window.rows.map((row) => row.id),
        up.slice(50, 60).map((row) => row.id),
        sort,
      );
      assert.equal(window.total, 92);
    }
  },

  "filters leave what they say, and the total is what they leave": async ({ writer, reader }) => {
    await writer.transaction(quick, async (changes) => {
      await addHosts(changes, 3);
      for (let host = 0; host < 3; host += 1) {
        const writes = Array.from({ length: 40 }, (_, index) =>
          write(belief(host, index, index % 8 === 7 ? { state: "down" } : {}), {
            highRisk: index === 4 ? "redis" : null,
          }),
        );
        await changes.saveBeliefs(writes);
      }
    });
    const everything = (await reader.ports({ limit: 1_000 })).rows;
    assert.equal(everything.length, 105);
    const check = async (
      filter: Parameters<Reader["ports"]>[0],
      keep: (row: PortRecord) => boolean,
    ): Promise<void> => {
      const page = await reader.ports({ ...filter, limit: 1_000, sort: "host" });
      const expected = everything.filter(keep).map((row) => row.id);
      assert.deepEqual(page.rows.map((row) => row.id).sort(), expected.sort(), JSON.stringify(filter));
      assert.equal(page.total, expected.length, JSON.stringify(filter));
      const facets = await reader.portFacets(filter);
      const counted = Object.values(facets.transport).reduce((sum, n) => sum + n, 0);
      assert.equal(counted, expected.length, JSON.stringify(filter));
    };
    await check({}, () => true);
    await check({ transport: "udp" }, (row) => row.transport === "udp");
    await check({ scope: "loopback" }, (row) => row.scope === "loopback");
    await check({ hostId: "host-1" }, (row) => row.hostId === "host-1");
    await check({ hostId: "nobody" }, () => false);
    await check({ port: { first: 100, last: 700 } }, (row) => row.port >= 100 && row.port <= 700);
    await check({ owner: "nginx" }, (row) => row.process === "nginx");
    await check({ highRisk: true }, (row) => row.highRisk === "redis");
    await check({ q: "NGINX.conf" }, () => false);
    await check({ q: "/etc/NGINX/" }, (row) => row.commandLine?.includes("/etc/nginx/") === true);
    await check({ q: "host-00002" }, (row) => row.hostName.startsWith("host-00002"));
    await check({ q: "127.0.0.1:" }, (row) => row.address === "127.0.0.1");
    await check({ q: "%" }, () => false);
    await check({ q: "*" }, () => false);
    await check({ q: "host-0000?" }, () => false);
    await check({ q: "[::]:" }, (row) => row.address === "::");
    await check(
      { q: "nginx", scope: "all", transport: "tcp" },
      (row) => row.process === "nginx" && row.scope === "all" && row.transport === "tcp",
    );
    assert.equal((await reader.ports({ state: "down" })).total, 15);
  },

  "what is found in many ports is the list of those that are up, whatever else holds the text": async ({
    writer,
    reader,
  }) => {
    const perHost = 700;
    await writer.transaction(quick, async (changes) => {
      await addHosts(changes, 4);
      for (let host = 0; host < 4; host += 1) {
        const states = ["down", "unverified"] as const;
        const writes = Array.from({ length: perHost }, (_, index) =>
          write(belief(host, index, { state: states[index] ?? "up" })),
        );
        await changes.saveBeliefs(writes);
      }
      const left = await changes.host("host-3");
      if (left !== undefined) await changes.saveHost({ ...left, retiredAtMs: startMs });
    });
    const up = 3 * (perHost - 2);
    for (const sort of ["port", "-process", "since", "host"] as const) {
      const plain = await reader.ports({ sort, limit: 200, offset: 300 });
      for (const q of ["/usr/", "host-0000"]) {
        const found = await reader.ports({ q, sort, limit: 200, offset: 300 });
        assert.deepEqual(found, plain, `${q} by ${sort}`);
        assert.equal(found.total, up);
      }
    }
    const down = await reader.ports({ q: "/usr/", state: "down", limit: 1_000 });
    assert.deepEqual([down.total, down.rows.length], [3, 3]);
    const ofHost = await reader.ports({ q: "/usr/", hostId: "host-1", limit: 1_000 });
    assert.deepEqual([ofHost.total, ofHost.rows.length], [perHost - 2, perHost - 2]);
    const facets = await reader.portFacets({ q: "/usr/" });
    assert.equal(
      Object.values(facets.transport).reduce((sum, n) => sum + n, 0),
      up,
    );
  },

  "a search follows what is added, changes, goes and is renamed": async ({ writer, reader }) => {
    const found = async (q: string) => {
      const [page, facets] = [await reader.ports({ q }), await reader.portFacets({ q })];
      const counted = Object.values(facets.transport).reduce((sum, n) => sum + n, 0);
      assert.deepEqual([page.total, counted], [page.rows.length, page.rows.length], q);
      return page.rows.map((row) => row.port).sort((a, b) => a - b);
    };
    const [first, second, third] = [belief(0, 0), belief(0, 1), belief(0, 2)];
    await writer.transaction(quick, async (changes) => {
      await addHosts(changes, 1);
      await changes.saveBeliefs([write(first), write(second)]);
    });
    assert.deepEqual(await found("/etc/"), [first.port, second.port]);
    const { processes, owners } = belief(0, 5);
    await writer.transaction(quick, (changes) =>
      changes.saveBeliefs([write({ ...second, processes, owners }), write(third)]),
    );
    assert.deepEqual(await found("/etc/"), [first.port, second.port, third.port]);
    assert.deepEqual(await found(second.owners[0]?.executable ?? ""), []);
    assert.deepEqual(await found(owners[0]?.executable ?? ""), [second.port]);
    await assert.rejects(
      writer.transaction(quick, async (changes) => {
        await changes.forgetBeliefs("host-0", "inside", [endpointKey(first)]);
        throw new Error("taken back");
      }),
    );
    assert.deepEqual(await found("/etc/"), [first.port, second.port, third.port]);
    await writer.transaction(quick, async (changes) => {
      await changes.forgetBeliefs("host-0", "inside", [endpointKey(third)]);
      await changes.saveBeliefs([write(belief(0, 3))]);
      const host = await changes.host("host-0");
      if (host !== undefined) await changes.saveHost({ ...host, hostname: "harbour" });
    });
    const now = [first.port, second.port, belief(0, 3).port];
    assert.deepEqual(await found("/etc/"), now);
    assert.deepEqual(await found("harbour"), now);
    assert.deepEqual(await found("host-00000"), []);
    assert.deepEqual(await found(third.owners[0]?.executable ?? ""), []);
  },

  "a cursor of another list or made up is refused": async ({ reader }) => {
    for (const cursor of ["", "x", "bm90LWpzb24", Buffer.from('["port",1]').toString("base64url")]) {
      await assert.rejects(reader.ports({ cursor }), { code: "invalid" });
      await assert.rejects(reader.events({ cursor }), { code: "invalid" });
    }
  },
};
