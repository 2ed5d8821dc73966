import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { arrowsOf, readSources } from "./architecture/tree.ts";
import { violations } from "./architecture/violations.ts";

const root = join(import.meta.dirname, "..");
const tree = readSources(
  root,
  ["src", "web"].filter((folder) => existsSync(join(root, folder))),
);

const arrows = arrowsOf(tree);
const standing = violations(tree, arrows);

/** What is told, beyond what already stands, when files are put into the real tree as a breach would. */
function breachesWith(files: Readonly<Record<string, string>>): string[] {
  const added = new Map(Object.entries(files));
  const found = violations(new Map([...tree, ...added]), [...arrows, ...arrowsOf(added)]);
  return found.filter((breach) => !standing.includes(breach));
}

test("the tree keeps to the plan", () => {
  assert.deepEqual(standing, []);
});

test("an upward import is told with the arrow", () => {
  const [breach] = breachesWith({ "src/detect/breach.ts": `import { x } from "../store/store.ts";` });
  assert.match(
    breach ?? "",
    /src\/detect\/breach\.ts imports src\/store\/store\.ts: detect may import only itself, base, model/,
  );
});

test("a type-only upward import is a breach too", () => {
  const [breach] = breachesWith({ "src/model/breach.ts": `import type { X } from "../app/ingest.ts";` });
  assert.match(breach ?? "", /model may import only/);
});

test("an import cycle is told as a path", () => {
  const found = breachesWith({
    "src/detect/one.ts": `import { two } from "./two.ts"; export const one = two;`,
    "src/detect/two.ts": `import type { one } from "./one.ts"; export const two = 2;`,
  });
  assert.deepEqual(found, ["import cycle: src/detect/one.ts → src/detect/two.ts → src/detect/one.ts"]);
});

test("I/O in a pure folder is a breach, however it is imported", () => {
  for (const line of [
    `import { readFileSync } from "node:fs";`,
    `export { readFile } from "node:fs/promises";`,
    `const net = await import("node:net");`,
    `import "fs";`,
  ]) {
    const [breach] = breachesWith({ "src/packet/breach.ts": line });
    assert.match(breach ?? "", /packet is pure, it does no I\/O/, line);
  }
});

test("a package outside its folder is a breach", () => {
  const [breach] = breachesWith({ "src/server/breach.ts": `import Database from "better-sqlite3";` });
  assert.equal(breach, "src/server/breach.ts imports better-sqlite3: not a package of server");
});

test("FFI outside the link folder is a breach", () => {
  const [breach] = breachesWith({ "src/sources/host/breach.ts": `import koffi from "koffi";` });
  assert.equal(breach, "src/sources/host/breach.ts imports koffi: not a package of sources/host");
});

test("an agent that carries the database through three hops is told with the last one", () => {
  const found = breachesWith({
    "src/agent/breach.ts": `import { a } from "../config/a-breach.ts";`,
    "src/config/a-breach.ts": `export { b as a } from "../store/b-breach.ts";`,
    "src/store/b-breach.ts": `export const b = 1;`,
  });
  assert.ok(
    found.includes(
      "the agent carries src/store/b-breach.ts (through src/config/a-breach.ts): a stolen agent must hold no database",
    ),
  );
});

test("the browser importing the server is a breach", () => {
  const [breach] = breachesWith({ "web/breach.ts": `import type { Role } from "../src/model/account.ts";` });
  assert.match(breach ?? "", /web talks HTTP only/);
});

test("a file without a folder, a folder without a meaning and a stray exit are breaches", () => {
  assert.match(breachesWith({ "src/stray.ts": "" })[0] ?? "", /stands in no folder of the plan/);
  assert.match(breachesWith({ "src/detect/utils/x.ts": "" })[0] ?? "", /a folder named utils says nothing/);
  assert.match(
    breachesWith({ "src/app/x.ts": "process.exit(1)" })[0] ?? "",
    /only src\/cli ends the process/,
  );
});
