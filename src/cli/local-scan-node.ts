import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { sleep } from "../agent/sleep.ts";
import type { Clock } from "../base/clock.ts";
import { restartPauses, runChild } from "./child.ts";

/** What the child is told on its stdin, one line of JSON. Its secret is in no argument and no environment. */
export interface ScanNodeOrder {
  readonly server: string;
  readonly token: string;
}

interface KeepOptions {
  readonly order: ScanNodeOrder;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** It ended by itself; it is started again after `pauseMs`. */
  readonly ended: (how: string, pauseMs: number) => void;
}

/** Keeps the scan node of this machine alive as a child until the signal: raw packets are its business alone. */
export async function keepScanNode({ order, clock, signal, ended }: KeepOptions): Promise<void> {
  const pauses = restartPauses(clock);
  while (!signal.aborted) {
    pauses.started();
    const how = await runChild(startNode(), order, signal);
    if (signal.aborted) return;
    const pauseMs = pauses.pauseMs();
    ended(how, pauseMs);
    await sleep(pauseMs, signal);
  }
}

function startNode(): ChildProcess {
  const entry = fileURLToPath(new URL("../../bin/start.cjs", import.meta.url));
  return spawn(process.execPath, [entry, "scan-node", "--local"], { stdio: ["pipe", "ignore", "inherit"] });
}
