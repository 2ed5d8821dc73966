import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** An application in a process of its own (ingest-process.ts), that can be killed. */
export interface IngestServer {
  readonly child: ChildProcess;
  readonly readyMs: number;
  readonly hostIds: readonly string[];
  deliver(host: number, body: Uint8Array): Promise<void>;
  kill(): Promise<void>;
}

export async function startIngestServer(folder: string, hosts: number): Promise<IngestServer> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, "ingest-process.ts"), folder, String(hosts)],
    {
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  const waiting = new Map<number, { resolve(): void; reject(error: Error): void }>();
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  let next = 0;
  const ready = Promise.withResolvers<{ readyMs: number; hostIds: string[] }>();
  createInterface({ input: child.stdout ?? process.stdin }).on("line", (line) => {
    const said = JSON.parse(line) as { n?: number; error?: string; readyMs: number; hostIds: string[] };
    if (said.n === undefined) return ready.resolve(said);
    const call = waiting.get(said.n);
    waiting.delete(said.n);
    if (said.error === undefined) call?.resolve();
    else call?.reject(new Error(said.error));
  });
  void exited.then(() => {
    ready.reject(new Error("the server ended before it was ready"));
    for (const call of waiting.values()) call.reject(new Error("killed"));
    waiting.clear();
  });
  child.stdin?.on("error", () => undefined);
  const { readyMs, hostIds } = await ready.promise;
  return {
    child,
    readyMs,
    hostIds,
    deliver: (host, body) =>
      new Promise((resolve, reject) => {
        if (child.exitCode !== null || child.signalCode !== null) return reject(new Error("gone"));
        const n = next++;
        waiting.set(n, { resolve, reject });
        child.stdin?.write(
          `${JSON.stringify({ n, hostId: hostIds[host], body: Buffer.from(body).toString("base64") })}\n`,
        );
      }),
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
