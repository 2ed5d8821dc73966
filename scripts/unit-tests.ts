// Unit tests in one process, and a plain count at the end.
import { globSync } from "node:fs";
import { join } from "node:path";
import { runTests } from "./test-run.ts";

const root = join(import.meta.dirname, "..");
const files = globSync(["src/**/*.test.ts", "web/**/*.test.ts", "test/*.test.ts"], { cwd: root }).map(
  (file) => join(root, file),
);
const tally = await runTests(files, { together: true });
process.exitCode = tally.failed === 0 ? 0 : 1;
