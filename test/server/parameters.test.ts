import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { amount } from "../support/amount.ts";
import { listener, process as aProcess } from "../support/listener.ts";
import { Lookout } from "../support/lookout.ts";
import { randomOf } from "../support/random.ts";
import { openWorld, type World } from "./world.ts";

const combinations = amount("PORTOLAN_QUERIES", { short: 20_000, long: 1_000_000 });

let world: World;
before(async () => {
  world = await openWorld({ quiet: true });
  const lookout = new Lookout();
  const ports = Array.from({ length: 300 }, (_, index) =>
    listener({ port: 1_000 + index }, [aProcess(index + 2, `p'"%_\\${index % 7}`)]),
  );
  await world.tokens.intake.post("/intake", lookout.full(ports.slice(0, 200)));
  await world.tokens.intake.post("/intake", lookout.full(ports));
});
after(() => world.close());

/** Names that no route takes. */
const strangeNames = ["__proto__", "constructor", "a[b]", "", "bucket"];

interface Document {
  readonly paths: Readonly<
    Record<string, { get?: { parameters?: { in: string; name: string }[] } } | undefined>
  >;
}

/** Every address that answers a GET and ends, and every parameter that one of them takes: from the API's own description. */
async function described(): Promise<{ readonly paths: string[]; readonly names: string[] }> {
  const response = await world.server.inject({ url: "/api/openapi.json", headers: { host: "localhost" } });
  const gets = Object.entries(response.json<Document>().paths).flatMap(([path, { get } = {}]) =>
    get === undefined || path.endsWith("/stream") ? [] : [{ path, parameters: get.parameters ?? [] }],
  );
  const inQuery = gets.flatMap(({ parameters }) =>
    parameters.filter((parameter) => parameter.in === "query"),
  );
  return {
    // Those that take parameters stand in for more of the questions.
    paths: gets.flatMap(({ path, parameters }) =>
      Array<string>(1 + parameters.length).fill(path.replace("{id}", "x")),
    ),
    names: [...new Set(inQuery.map(({ name }) => name)), ...strangeNames],
  };
}

const values = [
  "",
  "*",
  "null",
  "undefined",
  "NaN",
  "Infinity",
  "0",
  "-0",
  "1",
  "100",
  "1000",
  "1001",
  "-1",
  "1e9",
  "9007199254740993",
  "99999999999999999999",
  "1.5",
  "0x1f",
  "up",
  "down",
  "tcp",
  "udp",
  "sctp",
  "all",
  "loopback",
  "high",
  "new",
  "changed",
  "true",
  "port",
  "-port",
  "since",
  "-lastChange",
  "atMs",
  "-atMs",
  "hostname",
  "name",
  "-sequence",
  "1000-1100",
  "22",
  "65535",
  "' OR 1=1 --",
  '"; drop table ports; --',
  "%",
  "_",
  "\\",
  "%_%",
  "p'",
  "a".repeat(200),
  "b".repeat(3_000),
  "\u0000",
  "\n",
  "\u202e",
  "🙂",
  "ÿ",
  "../..",
  "${7*7}",
  "{{7*7}}",
  "<script>",
  "eyJhIjoxfQ",
  "AAAA",
  "[]",
  "{}",
  "[1,2]",
  "1700000000000",
  "8640000000000001",
  "3600000",
  "csv",
  "harbour",
  "*:22",
  "198.18.0.1:22",
  "[::]:80",
  "NEAR",
  "a AND b",
];

test(`I15 ${combinations.toLocaleString("en")} random queries: never a failure of ours`, async () => {
  const seed = Number(process.env["PORTOLAN_SEED"] ?? Date.now() % 1_000_000_007);
  const random = randomOf(seed);
  const { paths, names } = await described();
  assert.ok(paths.length > 10 && names.length > 10, `${paths.length} paths, ${names.length} names`);
  const pick = <Item>(from: readonly Item[]): Item => from[Math.floor(random() * from.length)] as Item;
  const { cookie = "" } = world.people.admin;
  const counts = new Map<number, number>();
  const cursors = ["AAAA"];
  const ask = async (): Promise<void> => {
    const pairs = Array.from({ length: Math.floor(random() * 5) }, () => {
      const name = pick(names);
      const value = name === "cursor" && random() < 0.7 ? pick(cursors) : pick(values);
      return `${encodeURIComponent(name)}=${random() < 0.02 ? value.replace(/[^ -~]|[#\s]/g, "") : encodeURIComponent(value)}`;
    });
    const url = `${pick(paths)}?${pairs.join("&")}`;
    const response = await world.server.inject({
      method: "GET",
      url,
      headers: { cookie, host: "localhost" },
    });
    counts.set(response.statusCode, (counts.get(response.statusCode) ?? 0) + 1);
    assert.ok(response.statusCode < 500, `seed ${seed}: ${url} → ${response.statusCode} ${response.payload}`);
    if (response.statusCode === 200) {
      const [, nextCursor] = /"nextCursor":"([^"]+)"/.exec(response.payload) ?? [];
      if (nextCursor !== undefined && cursors.length < 500) cursors.push(nextCursor, `${nextCursor}x`);
    } else {
      assert.match(String(response.headers["content-type"]), /problem\+json/, url);
    }
  };
  for (let done = 0; done < combinations; done += 50) await Promise.all(Array.from({ length: 50 }, ask));
  const told = [...counts].toSorted(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
  assert.ok((counts.get(200) ?? 0) > combinations / 50, "some were right");
  console.log(`I15 seed ${seed}: ${told.join(", ")}`);
});

test("I15 a quote in a search is a character, not SQL", async () => {
  const { viewer } = world.people;
  const matching = Array.from({ length: 300 }, (_, index) => index % 7).filter((rest) => rest === 3).length;
  const found = await viewer.json<{ total: number }>(`/ports?q=${encodeURIComponent("p'\"%_\\3")}`);
  assert.equal(found.total, matching);
  assert.equal(
    (await viewer.json<{ total: number }>(`/ports?q=${encodeURIComponent("' or '1'='1")}`)).total,
    0,
  );
  assert.equal((await viewer.json<{ total: number }>("/ports?q=%25%25%25")).total, 0);
});

test("S3 a filter that names nothing finds nothing, it never means all", async () => {
  const { viewer } = world.people;
  for (const query of [
    "host=no-such-host",
    "owner=no-such-owner",
    "port=65535",
    "scope=loopback",
    "q=zzzzzz",
  ]) {
    assert.equal((await viewer.json<{ total: number }>(`/ports?${query}`)).total, 0, query);
  }
  for (const query of ["host=", "host=*", "owner=", "q=", "port=", "port=*", "kind=", "host=a&host=b"]) {
    assert.equal((await viewer.get(`/ports?${query}`)).status, 400, query);
  }
});

test("paging by cursor meets every port exactly once, in every sort", async () => {
  const { viewer } = world.people;
  for (const sort of [
    "port",
    "-port",
    "address",
    "process",
    "-since",
    "lastChange",
    "host",
    "user",
    "unit",
    "scope",
  ]) {
    const seen: string[] = [];
    let cursor = "";
    do {
      const page = await viewer.json<{ rows: { id: string }[]; nextCursor: string | null; total: number }>(
        `/ports?sort=${sort}&limit=37${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      seen.push(...page.rows.map(({ id }) => id));
      assert.equal(page.total, 300);
      cursor = page.nextCursor ?? "";
    } while (cursor !== "");
    assert.equal(seen.length, 300, sort);
    assert.equal(new Set(seen).size, 300, sort);
    const window = await viewer.json<{ rows: { id: string }[] }>(`/ports?sort=${sort}&limit=50&offset=130`);
    assert.deepEqual(
      window.rows.map(({ id }) => id),
      seen.slice(130, 180),
      sort,
    );
  }
});
