import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { plainEnvironment, portolan } from "../cli/portolan.ts";
import { amount } from "../support/amount.ts";
import { whyNoNamespaces } from "../support/namespace.ts";
import { listenIn } from "./listening.ts";
import { createRoad, targetPrefix, type Road } from "./road.ts";

const skip = whyNoNamespaces("nft", "tc", "python3", "sysctl") ?? false;
const kills = amount("PORTOLAN_SCAN_KILLS", { short: 10, long: 100 });
const openPorts = Array.from({ length: 60 }, (_, index) => 100 + index * 317);
const portsPerHost = 20_000;
const packetsPerSecond = 10_000;
/** A run does some 7,000 pairs before it is killed: the last kill must not come too late. */
const hosts = Math.ceil(kills * 0.4) + 1;
/** Of the order at the head of the file. */
const orderBytesMax = 1_000;
/** One silent host among those that answer. */
const silentHost = "198.19.40.1";
const words = [
  `198.19.40.1-${hosts}`,
  "-p",
  `1-${portsPerHost}`,
  "--scope",
  targetPrefix,
  "--rate",
  String(packetsPerSecond),
  "--miss",
  "0.001%",
];

let road: Road;
let folder: string;
let stopListening: () => Promise<void>;

before(async () => {
  if (skip !== false) return;
  folder = mkdtempSync(join(tmpdir(), "portolan-resume-"));
  road = createRoad();
  stopListening = await listenIn(road.target, openPorts);
  road.silence(silentHost, openPorts);
  road.router.run("nft", "add table inet probes");
  road.router.run("nft", "add chain inet probes forward { type filter hook forward priority 0; }");
  road.router.run(
    "nft",
    `add rule inet probes forward ip daddr ${targetPrefix} tcp flags & (syn | ack | rst) == syn counter`,
  );
});
after(async () => {
  await stopListening?.();
  road?.close();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

const inside = (): string[] => ["nsenter", `--net=/run/netns/${road.scanner.name}`, "--"];
const scan = (more: readonly string[]) =>
  portolan(["scan", ...more], { before: inside(), timeoutMs: 300_000 });

/** Probes that have passed the router so far. */
const probesSent = (): number =>
  Number(/counter packets (\d+)/.exec(road.router.run("nft", "list chain inet probes forward"))?.[1]);

interface Told {
  readonly type: string;
  readonly address: string;
  readonly port: number;
  readonly complete: boolean;
  readonly closed: number;
}
/** Lines that are whole: the last one of a killed run may be cut. */
const toldBy = (stdout: string): Told[] =>
  stdout
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Told);
const endpointsOf = (told: readonly Told[]): string[] =>
  told.filter(({ type }) => type === "endpoint").map(({ address, port }) => `${address}:${port}`);

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/** A run that is ended by a signal, up to half a second after it saved itself first; what it had printed by then. */
async function brokenOff(more: readonly string[], file: string, signal: NodeJS.Signals): Promise<string> {
  const sizeBefore = sizeOf(file);
  const [command = "", ...rest] = [
    ...inside(),
    process.execPath,
    join(import.meta.dirname, "../../src/cli/main.ts"),
    "scan",
    ...more,
  ];
  const child = spawn(command, rest, { env: plainEnvironment(), stdio: ["ignore", "pipe", "inherit"] });
  let stdout = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  const closed = once(child, "close");
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
  // A new file holds the order, before anything is sent.
  while (sizeOf(file) <= (sizeBefore === 0 ? orderBytesMax : sizeBefore) && !isOver()) await sleep(10);
  await Promise.race([sleep(Math.random() * 500), closed]);
  child.kill(signal);
  // 130: it ended by itself, as it was asked to.
  const [code, killedBy] = (await closed) as [number | null, string | null];
  assert.ok(killedBy === "SIGKILL" || code === 130, `it was to be broken off, but ended: ${code}`);
  return stdout;
}

test(
  "F3 killed again and again it loses nothing and repeats at most a second of sending",
  { skip },
  async (t) => {
    const undisturbed = await scan([...words, "--json"]);
    assert.equal(undisturbed.code, 0, undisturbed.stderr);
    const expected = endpointsOf(toldBy(undisturbed.stdout)).sort();
    assert.equal(expected.length, hosts * openPorts.length);
    const once = probesSent();

    const file = join(folder, "killed.scan");
    const toldBefore = new Set<string>();
    let begun = ["--save", file, ...words];
    for (let kill = 0; kill < kills; kill += 1) {
      const stdout = await brokenOff([...begun, "--json"], file, "SIGKILL");
      for (const endpoint of endpointsOf(toldBy(stdout))) toldBefore.add(endpoint);
      begun = ["--resume", file];
    }
    const { stdout, code, stderr } = await scan(["--resume", file, "--json"]);
    assert.equal(code, 0, stderr);
    const told = toldBy(stdout);
    const found = endpointsOf(told);
    assert.deepEqual(found.sort(), expected);
    assert.ok([...toldBefore].every((endpoint) => found.includes(endpoint)));
    const again = probesSent() - 2 * once;
    const [summary] = told.slice(-1);
    assert.equal(summary?.complete, true);
    assert.equal(summary?.closed, (hosts - 1) * (portsPerHost - openPorts.length));
    const bytes = statSync(file).size;
    t.diagnostic(
      `${kills} kills: 0 of ${expected.length} lost, ${again} of ${once} probes repeated (${(again / kills).toFixed(0)} a kill, ${packetsPerSecond} a second), file ${bytes} bytes`,
    );
    assert.ok(again <= kills * packetsPerSecond, `${again} probes repeated`);
  },
);

test("SIGINT keeps the scan, says how to go on, and the rest tells all in any format", { skip }, async () => {
  const file = join(folder, "stopped.scan");
  await brokenOff(["--save", file, ...words, "--json"], file, "SIGINT");
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const { stdout, code, stderr } = await scan(["--resume", file, "--format", "grepable"]);
  assert.equal(code, 0, stderr);
  const open = [...stdout.matchAll(/(\d+)\/open\/tcp/g)];
  assert.equal(open.length, hosts * openPorts.length);
  assert.match(stdout, /scan as: portolan scan 198\.19\.40\.1-/);
  const finished = await scan(["--resume", file]);
  assert.equal(finished.code, 0);
  assert.equal([...finished.stdout.matchAll(/\/tcp +open/g)].length, hosts * openPorts.length);
});

test(
  "what cannot be gone on with is refused with its reason, before the first packet",
  { skip },
  async () => {
    const file = join(folder, "whole.scan");
    const small = ["198.19.40.2", "-p", "1-500", "--scope", targetPrefix];
    assert.equal((await scan(["--save", file, ...small])).code, 0);
    const foreign = join(folder, "foreign");
    writeFileSync(foreign, "something else\n");
    const damaged = join(folder, "damaged");
    const bytes = readFileSync(file);
    bytes[40] = (bytes[40] ?? 0) ^ 1;
    writeFileSync(damaged, bytes);
    const before = probesSent();
    for (const [more, pattern, exitCode] of [
      [["--save", file, ...small], /exists already[\s\S]*--resume/, 1],
      [["--resume", foreign], /foreign is no file that a scan was saved to/, 2],
      [["--resume", damaged], /damaged is no file that a scan was saved to/, 2],
      [["--resume", join(folder, "missing")], /cannot be opened/, 1],
      [["--resume", file, "198.19.40.2"], /--resume takes its targets from the file/, 2],
      [["--resume", file, "-p", "80"], /--resume.* cannot stand with .*--ports/, 2],
      [["--resume", file, "--rate", "9"], /--resume.* cannot stand with .*--rate/, 2],
      [["--resume", file, "--engine", "connect"], /only a SYN scan can be saved/, 2],
      [[], /missing argument target/, 2],
      [["198.19.40.2", "--scope", targetPrefix], /option -p, --ports <list> is required/, 2],
    ] as const) {
      const { code, stderr } = await scan(more);
      assert.match(stderr, pattern);
      assert.equal(code, exitCode, stderr);
    }
    assert.equal(probesSent(), before);
    // A record that was cut by a crash is one that was never written.
    truncateSync(file, statSync(file).size - 3);
    assert.equal((await scan(["--resume", file])).code, 0);
  },
);
