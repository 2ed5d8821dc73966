import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { systemClock } from "../base/clock.ts";
import type { CommandContext } from "./command.ts";
import { tellFailure } from "./failure.ts";
import { chooseLanguage, createSay } from "./language/language.ts";
import { createTerminal } from "./terminal.ts";

/** After a second Ctrl-C, or this long after the first, the process ends whatever it is doing. */
const patienceMs = 15_000;

const stop = new AbortController();
let exitCode = 0;
let hangUp: () => void = () => {};

function stopOn(signal: "SIGINT" | "SIGTERM"): void {
  process.on(signal, () => {
    if (stop.signal.aborted) process.exit(128 + constants.signals[signal]);
    stop.abort(signal);
    setTimeout(() => process.exit(128 + constants.signals[signal]), patienceMs).unref();
  });
}

/** A reader that has seen enough (`| head`) is no failure. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    process.exit(error.code === "EPIPE" ? exitCode : 74);
  });
}
stopOn("SIGINT");
stopOn("SIGTERM");
process.on("SIGHUP", () => hangUp());

const terminal = createTerminal({ stdout: process.stdout, stderr: process.stderr, environment: process.env });
const say = await createSay(chooseLanguage(process.env));
const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  readonly version: string;
};
const context: CommandContext = {
  terminal,
  say,
  environment: process.env,
  clock: systemClock,
  version: manifest.version,
  signal: stop.signal,
  onHangUp: (reload) => (hangUp = reload),
  setExitCode: (code) => (exitCode = code),
};

try {
  const words = process.argv.slice(2);
  if (words[0] === "agent" && words[1] === "--local") {
    // Without the tree of commands: every megabyte of the agent is a megabyte of the host that it watches.
    const { runLocalAgent } = await import("./agent-process.ts");
    await runLocalAgent(context, words);
  } else if (words[0] === "tcp-status" && words[1] !== undefined && !words[1].startsWith("-")) {
    // Without the tree of commands as well: monitors start it by the minute, and give it little time.
    const { printStateCount } = await import("./connections/state-count.ts");
    await printStateCount(context, words[1]);
  } else {
    const { createProgram } = await import("./program.ts");
    await createProgram(context).parseAsync(process.argv);
  }
} catch (error) {
  exitCode = tellFailure(error, terminal, say);
}
// Asked to stop in the middle of something that does not end by itself: end as the signal would.
if (stop.signal.aborted && exitCode === 0 && stop.signal.reason === "SIGINT") exitCode = 130;
// Nothing may hold the process: what was written is flushed first, pipes being asynchronous.
await Promise.all(
  [process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write("", done))),
);
process.exit(exitCode);
