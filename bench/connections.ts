// What counting connections costs, beside its peers, in one run: closed ones (TIME-WAIT) in 20,000, 200,000 and
// 1,000,000, and established ones in 20,000 and 200,000, each in a namespace of its own.
// `node bench/connections.ts [--quick] [--established]`, the latter for those alone; needs root.
import { once } from "node:events";
import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { program } from "../test/cli/portolan.ts";
import { converse } from "../test/collect/conversation.ts";
import type { Conversation } from "../test/collect/conversation.ts";
import { createNamespace, whyNoNamespaces } from "../test/support/namespace.ts";
import type { Namespace } from "../test/support/namespace.ts";
import { load, median, spread } from "./rig/contest.ts";

const quick = process.argv.includes("--quick");
const closedSizes = process.argv.includes("--established")
  ? []
  : quick
    ? [2_000]
    : [20_000, 200_000, 1_000_000];
const establishedSizes = quick ? [2_000] : [20_000, 200_000];
const rounds = quick ? 2 : 6;
/** A connection in TIME-WAIT lasts 60 s; a round that ends later would count fewer. */
const lastsMs = 58_000;
const fillersAtOnce = 2;
/** Per process: below the usual hard limit of 20,000 descriptors. */
const socketsPerProcess = 18_000;
const portsPerProcess = 4;

interface Sample {
  readonly cpuMs: number;
  readonly wallMs: number;
}
type Take = (field: Field) => Promise<Sample> | Sample;

/** A namespace full of connections, and our process in it. */
interface Field {
  readonly namespace: Namespace;
  readonly counter: Conversation;
  /** Connections there; -1 where they come and go. */
  count(): number;
  readonly endsMs: number;
  close(): Promise<void>;
}

const states = "{++S[$1]} END {for (s in S) print s, S[s]}";
const endpoints =
  '{++S[$1]; sub(/.*:/, "", $4); sub(/:[^:]*$/, "", $5); ++P[$4]; ++R[$5]} END {for (s in S) print s, S[s]; for (p in P) print p, P[p]; for (r in R) print r, R[r]}';
const remotes = "awk '{print $5}' | cut -d: -f1 | sort | uniq -c | sort -n";

const ours =
  (what: string): Take =>
  ({ counter }) =>
    counter.ask<Sample>(what);
const command =
  (line: string): Take =>
  ({ namespace }) =>
    timed(namespace, line);

const contestants: Readonly<Record<string, Take>> = {
  "ours: states": ours("states"),
  "ours: states, with CLOSED": ours("states-closed"),
  "ours: states, ports, remotes": ours("census"),
  "ours: the same, with CLOSED": ours("census-closed"),
  "ours: a sample of the agent": ours("sample"),
  "portolan tcp-status": command(`${program} tcp-status TIME_WAIT`),
  "portolan --by state": command(`${program} connections --by state --json`),
  "portolan --by remote": command(`${program} connections --by remote --json --limit 20`),
  "ss | awk: states": command(`ss -Htan | awk '${states}'`),
  "ss | awk: states, ports, remotes": command(`ss -Htan | awk '${endpoints}'`),
  "netstat | awk: states": command("netstat -an | awk '/^tcp/ {++S[$NF]} END {for (s in S) print s, S[s]}'"),
  "netstat | awk …: remotes": command(`netstat -ntu | ${remotes}`),
  "awk /proc/net/tcp: states": command(
    "awk 'FNR > 1 {++S[$4]} END {for (s in S) print s, S[s]}' /proc/net/tcp /proc/net/tcp6",
  ),
};

const reason = whyNoNamespaces("ss", "netstat", "awk", "bash", "python3", "sysctl");
if (reason === undefined) {
  for (const size of closedSizes) await contest(`${size} connections in TIME-WAIT`, () => closedField(size));
  for (const size of establishedSizes)
    await contest(`${size} established sockets`, () => establishedField(size));
} else console.log(`skipped: ${reason}`);

/** A B … B A, each round within the life of what is counted; a new field when the old one grows too old. */
async function contest(title: string, open: () => Promise<Field>): Promise<void> {
  const samples = new Map(Object.keys(contestants).map((name) => [name, [] as Sample[]]));
  const loadBefore = load();
  let field: Field | undefined;
  let longestMs = 0;
  let spoiled = 0;
  for (let round = 0; round < rounds;) {
    if (field === undefined || performance.now() + longestMs > field.endsMs) {
      await field?.close();
      field = await open();
    }
    const before = field.count();
    const startMs = performance.now();
    const taken: [string, Sample][] = [];
    const order = Object.entries(contestants);
    for (const [name, take] of round % 2 === 0 ? order : order.reverse())
      taken.push([name, await take(field)]);
    longestMs = Math.max(longestMs, performance.now() - startMs);
    if (field.count() !== before && spoiled < rounds) {
      spoiled++;
      continue;
    }
    for (const [name, sample] of taken) samples.get(name)?.push(sample);
    round++;
  }
  await field?.close();
  print(`${title}, ${rounds} rounds, ${spoiled} spoiled, load ${loadBefore} to ${load()}`, samples);
}

async function closedField(size: number): Promise<Field> {
  const namespace = createNamespace();
  namespace.run("sysctl", "-qw", `net.ipv4.tcp_max_tw_buckets=${size * 2}`);
  const startMs = performance.now();
  namespace.run("python3", scriptAt("./connections/closed.py"), String(size), String(fillersAtOnce));
  return fieldIn(namespace, [], startMs + lastsMs);
}

async function establishedField(size: number): Promise<Field> {
  const namespace = createNamespace();
  const children: ChildProcess[] = [];
  namespace.run("sysctl", "-qw", "net.ipv4.ip_local_port_range=1024 65000");
  const hold = async (...parameters: readonly (string | number)[]): Promise<void> => {
    const words = [scriptAt("./collect/crowd.ts"), ...parameters.map(String)];
    const child = namespace.spawn(process.execPath, words, { stdio: ["pipe", "pipe", "inherit"] });
    children.push(child);
    if (child.stdout !== null) await once(child.stdout, "data");
  };
  const pairs = size / 2;
  for (let made = 0, port = 500; made < pairs; made += socketsPerProcess, port += portsPerProcess) {
    await hold("accept", port, portsPerProcess);
    await hold("connect", port, portsPerProcess, Math.min(socketsPerProcess, pairs - made));
  }
  return fieldIn(namespace, children, Number.POSITIVE_INFINITY);
}

async function fieldIn(
  namespace: Namespace,
  children: readonly ChildProcess[],
  endsMs: number,
): Promise<Field> {
  const words = [scriptAt("./connections/counter.ts")];
  const counter = converse(namespace.spawn(process.execPath, words, { stdio: ["pipe", "pipe", "inherit"] }));
  for (const what of ["states", "census", "sample"]) await counter.ask(what);
  return {
    namespace,
    counter,
    count: () => Number(/\btw (\d+)/.exec(namespace.run("cat", "/proc/net/sockstat"))?.[1] ?? -1),
    endsMs,
    async close() {
      await counter.close();
      for (const child of children) child.stdin?.end();
      await Promise.all(
        children.filter(({ exitCode }) => exitCode === null).map((child) => once(child, "exit")),
      );
      namespace.close();
    },
  };
}

function scriptAt(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

/** User and system time of all that the line starts, as its shell counts it. */
function timed(namespace: Namespace, line: string): Sample {
  const script = `TIMEFORMAT="%U %S %R"; { time { ${line}; } >/dev/null 2>&1; } 2>&1`;
  const [user = 0, system = 0, real = 0] = namespace.run("bash", "-c", script).trim().split(" ").map(Number);
  return { cpuMs: (user + system) * 1000, wallMs: real * 1000 };
}

function print(title: string, samples: ReadonlyMap<string, readonly Sample[]>): void {
  const cpuOf = (name: string): readonly number[] => (samples.get(name) ?? []).map(({ cpuMs }) => cpuMs);
  const statesMs = median(cpuOf("ours: states"));
  const censusMs = median(cpuOf("ours: states, ports, remotes"));
  console.log(`\n${title}`);
  console.log(
    "what                              CPU ms: median (range)        wall ms   ÷ ours: states   ÷ ours: all",
  );
  for (const [name, taken] of samples) {
    const cpu = spread(cpuOf(name), 1);
    const wall = median(taken.map(({ wallMs }) => wallMs));
    const ratios = [statesMs, censusMs].map((ms) => (median(cpuOf(name)) / ms).toFixed(1).padStart(14));
    console.log(`${name.padEnd(33)} ${cpu.padEnd(28)} ${wall.toFixed(1).padStart(8)} ${ratios.join("")}`);
  }
}
