// What a collection of listeners with their owners costs, beside its peers, in one run: 300 listeners and 20,000 or
// 200,000 established sockets in a namespace of our own. `node bench/collect.ts [--quick]`; needs root.
import { once } from "node:events";
import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { converse } from "../test/collect/conversation.ts";
import type { Conversation } from "../test/collect/conversation.ts";
import { createNamespace, whyNoNamespaces } from "../test/support/namespace.ts";
import type { Namespace } from "../test/support/namespace.ts";

const quick = process.argv.includes("--quick");
const sizes = quick ? [20_000] : [20_000, 200_000];
const rounds = quick ? 3 : 7;
const listeners = 300;
/** Per process: below the usual hard limit of 20,000 descriptors. */
const socketsPerProcess = 18_000;
const portsPerProcess = 4;
const idleLooks = quick ? 5 : 15;
const intervalMs = 2000;

interface Sample {
  readonly cpuMs: number;
  readonly wallMs: number;
}
type Measure = () => Promise<Sample> | Sample;

const reason = whyNoNamespaces("ss", "netstat", "bash");
if (reason !== undefined) {
  console.log(`skipped: ${reason}`);
  process.exit(0);
}
for (const size of sizes) await measure(size);

async function measure(size: number): Promise<void> {
  const namespace = createNamespace();
  const children: ChildProcess[] = [];
  try {
    namespace.run("sysctl", "-qw", "net.ipv4.ip_local_port_range=1024 65000");
    await hold(namespace, children, ["listen", String(listeners)]);
    const pairs = size / 2;
    for (let made = 0, port = 500; made < pairs; made += socketsPerProcess, port += portsPerProcess) {
      const count = Math.min(socketsPerProcess, pairs - made);
      await hold(namespace, children, ["accept", String(port), String(portsPerProcess)]);
      await hold(namespace, children, ["connect", String(port), String(portsPerProcess), String(count)]);
    }
    const established = namespace.run("ss", "-Htn", "state", "established").split("\n").length - 1;
    console.log(`\n${listeners} listeners, ${established} established sockets, ${rounds} rounds`);
    await compare(namespace, children);
  } finally {
    for (const child of children) child.stdin?.end();
    await Promise.all(
      children.filter(({ exitCode }) => exitCode === null).map((child) => once(child, "exit")),
    );
    namespace.close();
  }
}

async function hold(namespace: Namespace, children: ChildProcess[], parameters: string[]): Promise<void> {
  const script = scriptAt("./collect/crowd.ts");
  const child = namespace.spawn(process.execPath, [script, ...parameters], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  children.push(child);
  if (child.stdout === null) throw new Error("no pipe");
  await once(child.stdout, "data");
}

async function compare(namespace: Namespace, children: ChildProcess[]): Promise<void> {
  const watch = (): Conversation => {
    const script = scriptAt("../test/collect/watcher.ts");
    const child = namespace.spawn(process.execPath, [script, "own", "ffi"], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    children.push(child);
    return converse(child);
  };
  const steady = watch();
  for (let index = 0; index < 20; index++) await steady.ask("look");
  const peer =
    (command: string): Measure =>
    () =>
      timed(namespace, command);
  const contestants: Readonly<Record<string, Measure>> = {
    "ours, first": async () => {
      const fresh = watch();
      const { cost } = await fresh.ask<{ cost: Sample }>("look");
      await fresh.close();
      return cost;
    },
    "ours, repeated": async () => (await steady.ask<{ cost: Sample }>("look")).cost,
    "ss -tlnp": peer("ss -tlnp"),
    "ss -tan": peer("ss -tan"),
    "netstat -tlnp": peer("netstat -tlnp"),
    "cat /proc/net/tcp": peer("cat /proc/net/tcp"),
  };
  const samples = new Map(Object.keys(contestants).map((name) => [name, [] as Sample[]]));
  for (let round = 0; round < rounds; round++) {
    // A B … B A: whatever drifts, drifts for all.
    const order = Object.entries(contestants);
    for (const [name, take] of round % 2 === 0 ? order : order.reverse()) {
      samples.get(name)?.push(await take());
    }
  }
  print(samples);
  const script = scriptAt("./collect/idle.ts");
  console.log(
    `polling every ${intervalMs} ms:`,
    namespace.run(process.execPath, script, String(idleLooks), String(intervalMs)).trim(),
  );
}

function scriptAt(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

/** User and system time of a child, as its shell counts it. */
function timed(namespace: Namespace, command: string): Sample {
  const script = `TIMEFORMAT="%U %S %R"; { time ${command} >/dev/null 2>&1; } 2>&1`;
  const [user = 0, system = 0, real = 0] = namespace.run("bash", "-c", script).trim().split(" ").map(Number);
  return { cpuMs: (user + system) * 1000, wallMs: real * 1000 };
}

function print(samples: ReadonlyMap<string, readonly Sample[]>): void {
  const base = spread((samples.get("ours, repeated") ?? []).map(({ cpuMs }) => cpuMs)).median;
  console.log("what                 CPU ms: median (range)              wall ms   CPU ÷ ours repeated");
  for (const [name, taken] of samples) {
    const cpu = spread(taken.map(({ cpuMs }) => cpuMs));
    const wall = spread(taken.map(({ wallMs }) => wallMs));
    const range = `${cpu.median.toFixed(1)} (${cpu.low.toFixed(1)}–${cpu.high.toFixed(1)})`;
    console.log(
      `${name.padEnd(20)} ${range.padEnd(35)} ${wall.median.toFixed(1).padStart(8)}   ${(cpu.median / base).toFixed(1)}`,
    );
  }
}

function spread(values: readonly number[]): { median: number; low: number; high: number } {
  const sorted = values.toSorted((a, b) => a - b);
  return {
    median: sorted[sorted.length >> 1] ?? 0,
    low: sorted[0] ?? 0,
    high: sorted.at(-1) ?? 0,
  };
}
