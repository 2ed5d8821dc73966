// What the benches of scanners share: programs run in turns, each to its end, and what is said of their figures.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { Namespace } from "../../test/support/namespace.ts";

const patienceMsUsual = 300_000;
/** More than any wait for late answers that is asked for here. */
const nudgeMs = 4_000;
const outputBytesMax = 256 * 1024 * 1024;

export interface Run {
  readonly ms: number;
  /** Of masscan without its wait for late answers; of others the same as `ms`. */
  readonly sendingMs: number;
  readonly cpuMs: number;
  /** Marks of open ports in what it printed. */
  readonly open: number;
  readonly text: string;
  readonly done: boolean;
  /** By how much the meter went up. */
  readonly metered: number;
}

export interface Contestant {
  readonly command: readonly string[];
  /** A mark of one open port in what it prints. */
  readonly pattern: RegExp;
  /** Longer than this is "not done". */
  readonly patienceMs?: number;
  /** It takes part in so many rounds, whatever the others do. */
  readonly rounds?: number;
}

interface Field {
  /** Makes the road as it was. */
  readonly before?: () => Promise<void>;
  /** Something that each run moves on: bytes on a link, packets at a host. */
  readonly meter?: () => number;
}

/** Runs a scanner to its end. */
async function toTheEnd(
  namespace: Namespace,
  { command, pattern, patienceMs = patienceMsUsual }: Contestant,
  meter: () => number,
): Promise<Run> {
  const [program = "", ...words] = command;
  const meterBefore = meter();
  const startMs = performance.now();
  const child = namespace.spawn(program, words, { stdio: ["ignore", "pipe", "pipe"] });
  const chunks: Buffer[] = [];
  let bytes = 0;
  child.stdout?.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= outputBytesMax) chunks.push(chunk);
  });
  let [said, cpuMs, sendingMs] = ["", 0, Number.NaN];
  let nudge: NodeJS.Timeout | undefined;
  child.stderr?.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-1_000);
    if (Number.isNaN(sendingMs) && said.includes("waiting")) sendingMs = performance.now() - startMs;
    // masscan 1.3.2 does not end where no packet comes any more, and writes the rest only when it ends. It says that it
    // waits no longer before it has begun to, and begins anew with every signal.
    if (program === "masscan" && nudge === undefined && said.includes("waiting 0-secs"))
      nudge = setInterval(() => child.kill("SIGINT"), nudgeMs);
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), patienceMs);
  const watch = setInterval(() => (cpuMs = Math.max(cpuMs, cpuMsOf(child.pid))), 100);
  const [code] = (await once(child, "close")) as [number | null];
  clearTimeout(timer);
  clearInterval(watch);
  clearInterval(nudge);
  const text = Buffer.concat(chunks).toString();
  const open = text.match(pattern)?.length ?? 0;
  const ms = performance.now() - startMs;
  if (Number.isNaN(sendingMs)) sendingMs = ms;
  const done = code === 0 || nudge !== undefined;
  return { ms, sendingMs, cpuMs, open, text, done, metered: meter() - meterBefore };
}

/** CPU of a process so far, ms; the kernel bills what its packets cost to it. 0 when it is gone. */
export function cpuMsOf(pid: number | undefined): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return 0;
  }
}

/** A B B A: each runs once in every round. */
export async function inTurns(
  namespace: Namespace,
  contestants: Readonly<Record<string, Contestant>>,
  rounds: number,
  { before = () => Promise.resolve(), meter = () => 0 }: Field = {},
): Promise<Map<string, Run[]>> {
  const runs = new Map<string, Run[]>(Object.keys(contestants).map((name) => [name, []]));
  const most = Math.max(rounds, ...Object.values(contestants).map(({ rounds: own = 0 }) => own));
  for (let round = 0; round < most; round += 1) {
    const names = round % 2 === 0 ? [...runs.keys()] : [...runs.keys()].reverse();
    for (const name of names) {
      const contestant = contestants[name];
      if (contestant === undefined || round >= (contestant.rounds ?? rounds)) continue;
      await before();
      const run = await toTheEnd(namespace, contestant, meter);
      runs.get(name)?.push(run);
      console.error(`  ${name}: ${(run.ms / 1_000).toFixed(1)} s, ${run.open} open`);
    }
  }
  return runs;
}

export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

/** Median and range. */
export function spread(figures: readonly number[], digits = 0): string {
  const shown = (figure: number): string =>
    digits === 0 ? Math.round(figure).toLocaleString("en") : figure.toFixed(digits);
  return `${shown(median(figures))} (${shown(Math.min(...figures))}–${shown(Math.max(...figures))})`;
}

/** Of the machine, so that a figure says what else went on. */
export const load = (): string => readFileSync("/proc/loadavg", "utf8").split(" ").slice(0, 2).join(", ");
