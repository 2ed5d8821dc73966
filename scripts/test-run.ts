import { run } from "node:test";
import { spec } from "node:test/reporters";

/** What a run of tests came to. */
export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
  /** Title and reason of each skipped test. */
  readonly skips: string[];
  /** How long each file took that had a process of its own. */
  readonly files: { readonly file: string; readonly ms: number }[];
}

interface RunOptions {
  /** All files in this process (fast; for unit tests), or each in a process of its own. */
  readonly together: boolean;
  /** How many of those processes at once. */
  readonly atOnce?: number;
}

/** Longest time that one file may take. */
const fileTimeoutMs = (process.env["PORTOLAN_LONG"] === "1" ? 30 : 8) * 60_000;

/** Run test files, print them as they come, and count. Only leaves count: a suite is no test. */
export async function runTests(
  files: readonly string[],
  { together, atOnce = 1 }: RunOptions,
): Promise<Tally> {
  const tally: Tally = { passed: 0, failed: 0, skipped: 0, skips: [], files: [] };
  const events = run({
    files: [...files],
    isolation: together ? "none" : "process",
    ...(together ? {} : { concurrency: atOnce, timeout: fileTimeoutMs }),
  });
  events.on("test:pass", (data) => {
    if (data.details.type === "suite") return;
    if (data.skip === undefined) tally.passed += 1;
    else {
      tally.skipped += 1;
      tally.skips.push(`${data.name}: ${typeof data.skip === "string" ? data.skip : "no reason given"}`);
    }
  });
  events.on("test:fail", (data) => {
    if (data.details.type !== "suite") tally.failed += 1;
  });
  events.on("test:summary", ({ file, duration_ms: ms }) => {
    if (file !== undefined) tally.files.push({ file, ms });
  });
  const printed = events.compose(spec);
  for await (const line of printed) process.stdout.write(String(line));
  return tally;
}
