// `npm run bench [-- NAME …]`: each bench in turn, alone on the machine. Figures belong into bench/README.md.
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { basename, join } from "node:path";

const root = join(import.meta.dirname, "..");
const wanted = process.argv.slice(2);
const benches = globSync("bench/*.ts", { cwd: root })
  .filter((file) => wanted.length === 0 || wanted.includes(basename(file, ".ts")))
  .sort();

for (const file of benches) {
  console.log(`\n== ${basename(file, ".ts")}`);
  const { status } = spawnSync(process.execPath, [file], { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}
