import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** The program as a user starts it. */
export const program = join(import.meta.dirname, "../../bin/portolan");

const agentMsMax = 20_000;

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

interface RunOptions {
  readonly input?: string | Buffer;
  readonly environment?: Readonly<Record<string, string>>;
  /** What stands in front: `ip netns exec NAME`, `setpriv …`. */
  readonly before?: readonly string[];
  /** Instead of `bin/portolan`, which is a shell script. */
  readonly program?: readonly string[];
  readonly timeoutMs?: number;
}

/** English, without colours, whatever the machine is set to. */
export function plainEnvironment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { PORTOLAN_URL: _, PORTOLAN_TOKEN: __, ...inherited } = process.env;
  return { ...inherited, LC_ALL: "C", PORTOLAN_LANG: "", NO_COLOR: "1", ...more };
}

/** Runs `portolan …words` to its end. */
export function portolan(words: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const [command = "", ...rest] = [...(options.before ?? []), ...(options.program ?? [program]), ...words];
  const startMs = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(command, rest, { env: plainEnvironment(options.environment), stdio: "pipe" });
    const timer = setTimeout(() => child.kill("SIGKILL"), options.timeoutMs ?? 20_000);
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr, ms: performance.now() - startMs });
    });
    child.stdin.on("error", () => {});
    child.stdin.end(options.input);
  });
}

/** A server that runs until it is stopped. */
export interface Up {
  readonly child: ChildProcess;
  /** The one line of stdout. */
  readonly link: string;
  readonly url: string;
  readonly readyMs: number;
  stderr(): string;
  /** Ends it, waits, and returns its exit code or signal. */
  stop(signal?: NodeJS.Signals): Promise<number | string | null>;
}

/** `portolan up` on a free port, ready when its link is printed. */
export function up(words: readonly string[], options: RunOptions = {}): Promise<Up> {
  const [command = "", ...rest] = [
    ...(options.before ?? []),
    ...(options.program ?? [program]),
    "up",
    ...words,
  ];
  const startMs = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(command, rest, {
      env: plainEnvironment(options.environment),
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error(`not ready: ${stderr}`));
    }, options.timeoutMs ?? 20_000);
    const ended = new Promise<number | string | null>((done) => {
      child.on("exit", (code, signal) => {
        clearTimeout(timer);
        done(code ?? signal);
        reject(new Error(`ended (${code ?? signal}): ${stderr}`));
      });
    });
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
      if (!stdout.includes("\n")) return;
      clearTimeout(timer);
      const link = stdout.trim();
      resolve({
        child,
        link,
        url: new URL(link).origin,
        readyMs: performance.now() - startMs,
        stderr: () => stderr,
        stop: (signal = "SIGTERM") => {
          child.kill(signal);
          return ended;
        },
      });
    });
  });
}

/** A folder that is gone afterwards. */
export async function withFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "portolan-test-"));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A TCP port that nobody holds at this moment. */
export async function freePort(): Promise<number> {
  const { createServer } = await import("node:net");
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no address");
  return address.port;
}

/** The local agent of a server, as soon as there is one. */
export async function agentOf(server: Up): Promise<number> {
  const lastMs = performance.now() + agentMsMax;
  for (;;) {
    const found = childrenOf(server.child.pid ?? 0).find((pid) =>
      readOrEmpty(`/proc/${pid}/cmdline`).includes("--local"),
    );
    if (found !== undefined) return found;
    if (performance.now() > lastMs) throw new Error(`no agent: ${server.stderr()}`);
    await sleep(50);
  }
}

function childrenOf(parent: number): number[] {
  return readdirSync(`/proc/${parent}/task`).flatMap((task) =>
    readOrEmpty(`/proc/${parent}/task/${task}/children`).split(" ").filter(Boolean).map(Number),
  );
}

/** A process may end between two readings. */
function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
