// From Enter to the last line, in a process of its own: `--help`, and `ports` beside `ss -tulpn`. Wall time, in turns.
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const rounds = 15;
const program = join(import.meta.dirname, "../bin/portolan");
const commands: readonly (readonly [string, ...string[]])[] = [
  [program, "--help"],
  [program, "ports"],
  ["ss", "-tulpn"],
];

const times = commands.map(() => [] as number[]);
for (let round = 0; round <= rounds; round++) {
  for (const [index, [command, ...words]] of commands.entries()) {
    const startMs = performance.now();
    const { status, error } = spawnSync(command, words, { stdio: "ignore" });
    if (status !== 0) throw error ?? new Error(`${command} ended with ${status}`);
    // The first round fills caches.
    if (round > 0) times[index]?.push(performance.now() - startMs);
  }
}
for (const [index, [command, ...words]] of commands.entries()) {
  const sorted = times[index]?.toSorted((a, b) => a - b) ?? [];
  const [best = 0, median = 0] = [sorted[0], sorted[rounds >> 1]];
  const name = [command === program ? "portolan" : command, ...words].join(" ");
  console.log(`${name}: median ${median.toFixed(0)} ms, best ${best.toFixed(0)} ms`);
}
