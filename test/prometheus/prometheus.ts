// Prometheus itself on a port of loopback, from Debian's package, in a folder of its own.
import { execFile, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "../cli/portolan.ts";
import { ended } from "../zabbix/database.ts";
import { until } from "../zabbix/configuration.ts";

const readyMsMax = 15_000;
const answerBytesMax = 8 * 1024 * 1024;

/** Why no Prometheus can be had here; undefined when it can. */
export function whyNoPrometheus(): string | undefined {
  const missing = ["prometheus", "promtool"].filter(
    (program) => spawnSync("sh", ["-c", 'command -v -- "$0"', program]).status !== 0,
  );
  return missing.length === 0 ? undefined : `needs ${missing.join(", ")} (package prometheus)`;
}

/** One series of an answer: its labels, and time and figure. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [seconds: number, figure: string];
}

export interface Prometheus {
  /** Its API; throws with what it says is wrong. */
  call<Data>(path: string, query?: Readonly<Record<string, string>>): Promise<Data>;
  /** The present value of an expression. */
  ask(expression: string): Promise<readonly Series[]>;
  stop(): Promise<void>;
}

/** Files by name; `prometheus.yml` is what it starts with. */
export async function startPrometheus(files: Readonly<Record<string, string>>): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), "portolan-prometheus-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const url = `http://127.0.0.1:${await freePort()}`;
  const parameters = [
    `--config.file=${join(folder, "prometheus.yml")}`,
    `--storage.tsdb.path=${join(folder, "data")}`,
    `--web.listen-address=${url.slice("http://".length)}`,
    "--log.level=error",
  ];
  const child = spawn("prometheus", parameters, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  const stop = async (): Promise<void> => {
    await ended(child);
    rmSync(folder, { recursive: true, force: true });
  };
  const call = async <Data>(path: string, query: Readonly<Record<string, string>> = {}): Promise<Data> => {
    const response = await fetch(`${url}/api/v1${path}?${new URLSearchParams(query).toString()}`);
    const answer = (await response.json()) as { status: string; data: Data; error?: string };
    if (answer.status !== "success") throw new Error(`${path} ${query["query"] ?? ""}: ${answer.error}`);
    return answer.data;
  };
  try {
    const isReady = (): Promise<true | undefined> =>
      fetch(`${url}/-/ready`).then(
        ({ ok }) => ok || undefined,
        () => undefined,
      );
    await until("a Prometheus that is ready", isReady, readyMsMax);
  } catch (error) {
    await stop();
    throw error;
  }
  const ask = async (query: string): Promise<readonly Series[]> =>
    (await call<{ result: readonly Series[] }>("/query", { query })).result;
  return { call, ask, stop };
}

/** What promtool says, errors included; rejects where it is not content. */
export async function promtool(
  folder: string,
  parameters: readonly string[],
  input?: string,
): Promise<string> {
  const running = promisify(execFile)("promtool", [...parameters], {
    cwd: folder,
    maxBuffer: answerBytesMax,
  });
  running.child.stdin?.end(input);
  const { stdout, stderr } = await running;
  return stdout + stderr;
}
