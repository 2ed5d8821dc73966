// A child process that is told one line and answers with one line of JSON.
import { once } from "node:events";
import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";

export interface Conversation {
  readonly pid: number;
  ask<T>(line: string): Promise<T>;
  close(): Promise<void>;
}

const answerMsMax = 30_000;

export function converse(child: ChildProcess): Conversation {
  const { stdin, stdout, pid } = child;
  if (stdin === null || stdout === null || pid === undefined) throw new Error("the child has no pipes");
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  return {
    pid,
    async ask<T>(line: string) {
      stdin.write(`${line}\n`);
      const late = AbortSignal.timeout(answerMsMax);
      const answer = await Promise.race([
        lines.next(),
        once(late, "abort").then(() => Promise.reject(new Error(`no answer to ${line}`))),
      ]);
      if (answer.done === true) throw new Error(`ended at ${line}`);
      return JSON.parse(answer.value) as T;
    },
    async close() {
      stdin.end();
      if (child.exitCode === null && child.signalCode === null) {
        const exit = once(child, "exit");
        const timer = setTimeout(() => child.kill("SIGKILL"), 5000);
        await exit;
        clearTimeout(timer);
      }
    },
  };
}

/** The child's side. */
export async function answerLines(answer: (line: string) => unknown): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify((await answer(line)) ?? null)}\n`);
  }
}
