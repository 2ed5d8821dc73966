// The inner check: types, lint, format, unused code, architecture and unit tests (`--static`: without the tests).
// Everything runs at once; what fails is printed whole.
import { spawn } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const tool = (name: string): string => join(root, "node_modules", ".bin", name);

const steps: readonly (readonly [name: string, command: string, arguments: readonly string[]])[] = [
  ["types", tool("tsc"), ["-p", "tsconfig.json"]],
  ["types of web", tool("tsc"), ["-p", "web/tsconfig.json"]],
  ["types of the browser tests", tool("tsc"), ["-p", "test/e2e/tsconfig.json"]],
  ["lint", tool("oxlint"), ["--type-aware", "--deny-warnings"]],
  ["format", tool("oxfmt"), ["--check", "."]],
  ["unused code", tool("knip"), []],
  ["unit tests", process.execPath, ["scripts/unit-tests.ts"]],
];

interface Outcome {
  readonly name: string;
  readonly passed: boolean;
  readonly output: string;
  readonly seconds: number;
}

function run(name: string, command: string, parameters: readonly string[]): Promise<Outcome> {
  const startMs = performance.now();
  return new Promise((resolve) => {
    const child = spawn(command, parameters, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("error", (error) => resolve({ name, passed: false, output: String(error), seconds: 0 }));
    child.on("close", (code) => {
      resolve({ name, passed: code === 0, output, seconds: (performance.now() - startMs) / 1000 });
    });
  });
}

const chosen = process.argv.includes("--static") ? steps.filter(([name]) => name !== "unit tests") : steps;
const outcomes = await Promise.all(chosen.map((step) => run(...step)));
for (const { name, passed, output, seconds } of outcomes) {
  console.log(`${passed ? "✔" : "✖"} ${name} (${seconds.toFixed(1)} s)`);
  if (!passed) console.log(output);
}
process.exitCode = outcomes.every((outcome) => outcome.passed) ? 0 : 1;
