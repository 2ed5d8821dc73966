import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { apiTypes } from "../../scripts/api-types.ts";
import { describeApi } from "../../src/server/openapi.ts";
import { routeList } from "../../src/server/route-list.ts";

const root = join(import.meta.dirname, "../..");

test("the UI's types are those of the API as it is", async () => {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  const now = await apiTypes(await describeApi(version, routeList));
  const written = readFileSync(join(root, "web/api/schema.ts"), "utf8");
  assert.ok(now === written, "run: node scripts/api-types.ts");
});

test("every schema that the description points at is in it", async () => {
  const document = await describeApi("0", routeList);
  const text = JSON.stringify(document);
  for (const [, name] of text.matchAll(/#\/components\/schemas\/(\w+)/g)) {
    assert.ok(name !== undefined && name in document.components.schemas, name);
  }
});
