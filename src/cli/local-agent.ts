import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { sleep } from "../agent/sleep.ts";
import { healthCheck } from "../app/health.ts";
import type { HealthCheck } from "../app/views.ts";
import type { Clock } from "../base/clock.ts";
import type { ZabbixPortOrder } from "./zabbix-port.ts";
import { crashWindowMs, exitText, restartPauses, runChild } from "./child.ts";

/** What the child is told on its stdin, one line of JSON. Its secret is in no argument and no environment. */
export interface AgentOrder {
  readonly server: string;
  readonly token: string;
  readonly spool: string;
  readonly intervalMs: number;
  readonly namespaces: "all" | "own";
  /** Null: it answers no Zabbix. */
  readonly zabbix: ZabbixPortOrder | null;
  /** Whether it may be told to block, and whom it never blocks; null: it asks for no orders at all. */
  readonly block: { readonly never: readonly string[] } | null;
  /** Whether it may end with `compiledExitCode`. */
  readonly mayRestart: boolean;
}

/**
 * How a child ends that had to compile its code: the compiler would take 30 MB for as long as it runs. The code is kept
 * now, and the next start finds it.
 */
export const compiledExitCode = 76;

/** This many ends within `crashWindowMs` and the FFI is no longer trusted. */
export const crashesToDistrustFfi = 3;

export interface SuperviseOptions {
  readonly order: Omit<AgentOrder, "mayRestart">;
  readonly ffi: boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** A child ended by itself; it is started again after `pauseMs`. */
  readonly ended: (how: string, pauseMs: number) => void;
  readonly withoutFfi: (crashes: number) => void;
  /** How it fares, whenever that changes. */
  readonly health: (check: HealthCheck) => void;
  readonly start?: (ffi: boolean) => ChildProcess;
}

/** Keeps one agent alive as a child until the signal: a wrong step of it never takes the server down. */
export async function superviseAgent(options: SuperviseOptions): Promise<void> {
  const { clock, signal, order, ended, withoutFfi, health, start = startAgent } = options;
  let ffi = options.ffi;
  let crashes: number[] = [];
  const pauses = restartPauses(clock);
  let mayRestart = true;
  health(agentRuns(options.ffi, ffi));
  while (!signal.aborted) {
    pauses.started();
    const steady = setTimeout(() => health(agentRuns(options.ffi, ffi)), crashWindowMs);
    const how = await runChild(start(ffi), { ...order, mayRestart }, signal);
    clearTimeout(steady);
    if (signal.aborted) return;
    if (mayRestart && how === exitText(compiledExitCode)) {
      // Once: where nothing can be kept, it runs as it is.
      mayRestart = false;
      continue;
    }
    const nowMs = clock.monotonicMs();
    crashes = [...crashes.filter((atMs) => nowMs - atMs < crashWindowMs), nowMs];
    const pauseMs = pauses.pauseMs();
    ended(how, pauseMs);
    health(agentEnded(how, crashes.length, clock.nowMs()));
    if (ffi && crashes.length >= crashesToDistrustFfi) {
      ffi = false;
      withoutFfi(crashes.length);
    }
    await sleep(pauseMs, signal);
  }
}

/** Steady: it has run for `crashWindowMs`, or has just been started for the first time. */
function agentRuns(wanted: boolean, ffi: boolean): HealthCheck {
  return ffi === wanted
    ? healthCheck("agent", "ok", { code: "agent-runs", what: "The agent of this machine runs." })
    : healthCheck("agent", "degraded", {
        code: "agent-without-ffi",
        what: "The agent of this machine crashed too often and runs without FFI: it reads /proc, at a higher cost.",
        mend: "The log says how it ended. Run portolan doctor, then restart the server to try FFI again.",
      });
}

function agentEnded(how: string, ends: number, nowMs: number): HealthCheck {
  const again = ends === 1 ? "" : `, ${ends} times within a minute`;
  const words = {
    code: "agent-ended",
    params: { how, ends },
    what: `The agent of this machine ended (${how})${again}; it is started again.`,
    mend: "Nothing, if it stays a single time: this clears a minute later. Else look at the log and run portolan doctor.",
  };
  return healthCheck("agent", ends < crashesToDistrustFfi ? "degraded" : "failing", words, nowMs);
}

/**
 * Small rather than fast: no thread pool of V8 and a heap that grows slowly cost nothing that shows in a process that
 * works 5 ms of every 2 s. Code is optimised all the same: hundreds of thousands of connections are counted by it.
 */
const nodeOptions = [
  "--max-old-space-size=96",
  "--max-semi-space-size=1",
  "--single-threaded",
  "--no-memory-reducer",
  "--optimize-for-size",
];

function startAgent(ffi: boolean): ChildProcess {
  const entry = fileURLToPath(new URL("../../bin/start.cjs", import.meta.url));
  const words = [...nodeOptions, entry, "agent", "--local", ...(ffi ? [] : ["--no-ffi"])];
  return spawn(process.execPath, words, { stdio: ["pipe", "ignore", "inherit"] });
}
