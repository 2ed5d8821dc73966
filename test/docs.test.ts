import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import test from "node:test";
import { generatedDocs } from "../scripts/docs.ts";

const root = join(import.meta.dirname, "..");

test("the generated pages are those that the code describes today", async () => {
  for (const [path, text] of await generatedDocs()) {
    assert.equal(readFileSync(join(root, path), "utf8"), text, `${path} is stale: run node scripts/docs.ts`);
  }
});

test("every link from a page to a file leads somewhere", () => {
  const pages = [
    "README.md",
    "README.zh-CN.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/reliability.md",
    "bench/README.md",
  ];
  for (const page of pages) {
    for (const [, target = ""] of readFileSync(join(root, page), "utf8").matchAll(
      /\]\(([^)#:]+)(?:#[^)]*)?\)/g,
    )) {
      assert.ok(existsSync(join(root, normalize(join(dirname(page), target)))), `${page} links to ${target}`);
    }
  }
});
