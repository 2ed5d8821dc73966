import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { embeddedStore } from "../../src/store/location.ts";
import { openReader, openWriter } from "../../src/store/open.ts";
import { storeContract } from "./store-contract.ts";

// One row per dialect: the same contract holds for each.
storeContract("SQLite", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "portolan-contract-"));
  const location = embeddedStore(folder);
  const writer = await openWriter(location);
  const reader = await openReader(location);
  t.after(async () => {
    await reader.close();
    await writer.close();
    rmSync(folder, { recursive: true, force: true });
  });
  assert.notEqual(location, "");
  return { writer, reader };
});
