import type { ChildProcess } from "node:child_process";
import type { Clock } from "../base/clock.ts";

/** A child that has run for so long was steady: what ends it then is no crash after a start. */
export const crashWindowMs = 60_000;
const restartFirstMs = 500;
const restartMaxMs = 30_000;
/** How long a child may take to end once its stdin is closed. */
const farewellMs = 3000;

/** How long to wait before a child that ended by itself is started again: doubled while it does not stay. */
export function restartPauses(clock: Clock): { started(): void; pauseMs(): number } {
  let failures = 0;
  let startedMs = clock.monotonicMs();
  return {
    started: () => void (startedMs = clock.monotonicMs()),
    pauseMs() {
      failures = clock.monotonicMs() - startedMs > crashWindowMs ? 1 : failures + 1;
      return Math.min(restartMaxMs, restartFirstMs * 2 ** (failures - 1));
    },
  };
}

/**
 * Gives a child its order, one line of JSON on stdin, and resolves with how it ended. Its stdin is its lifeline: when
 * we die, however, it reads the end of it.
 */
export function runChild(child: ChildProcess, order: object, signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    let force: NodeJS.Timeout | undefined;
    const sayFarewell = (): void => {
      child.stdin?.end();
      force = setTimeout(() => child.kill("SIGKILL"), farewellMs);
    };
    const finish = (how: string): void => {
      clearTimeout(force);
      signal.removeEventListener("abort", sayFarewell);
      resolve(how);
    };
    child.on("error", (error) => finish(error.message));
    child.on("exit", (code, killedBy) => finish(killedBy ?? exitText(code)));
    child.stdin?.on("error", () => {});
    child.stdin?.write(`${JSON.stringify(order)}\n`);
    signal.addEventListener("abort", sayFarewell);
    if (signal.aborted) sayFarewell();
  });
}

export function exitText(code: number | null): string {
  return `exit code ${code}`;
}
