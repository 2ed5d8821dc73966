import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { portolan } from "../cli/portolan.ts";
import { whyNoNamespaces } from "../support/namespace.ts";
import { listenIn } from "./listening.ts";
import { createRoad, targetPrefix, type Road } from "./road.ts";

const skip = whyNoNamespaces("nft", "tc", "python3", "sysctl") ?? false;
const openPorts = Array.from({ length: 60 }, (_, index) => 100 + index * 317);
const words = ["198.19.50.1-4", "-p", "1-20000", "--scope", targetPrefix, "--rate", "20000"];
/** A third of 80,000 SYN. */
const passedBytes = 27_000 * 44;

let road: Road;
let folder: string;
let stopListening: () => Promise<void>;

before(async () => {
  if (skip !== false) return;
  folder = mkdtempSync(join(tmpdir(), "portolan-blocked-"));
  road = createRoad();
  stopListening = await listenIn(road.target, openPorts);
});
after(async () => {
  await stopListening?.();
  road?.close();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

const scan = (more: readonly string[], order = words) =>
  portolan(["scan", ...order, ...more], {
    before: ["nsenter", `--net=/run/netns/${road.scanner.name}`, "--"],
    timeoutMs: 120_000,
  });

/** The router lets so many bytes pass to `target`, and none after that. */
async function blocking<Result>(target: string, bytes: number, work: () => Promise<Result>): Promise<Result> {
  road.router.run("nft", "add table inet block");
  road.router.run("nft", "add chain inet block forward { type filter hook forward priority 0; }");
  road.router.run("nft", `add rule inet block forward ip daddr ${target} quota over ${bytes} bytes drop`);
  try {
    return await work();
  } finally {
    road.router.run("nft", "delete table inet block");
  }
}

interface Summary {
  readonly complete: boolean;
  readonly blocked: { readonly all: boolean; readonly hosts: number; readonly sinceMs: number } | null;
  readonly recall: number;
}
const summaryOf = (stdout: string): Summary => JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Summary;
const kept = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

test(
  "F14 a scanner that is blocked midway says so, and nothing that it did not see is taken for closed",
  { skip },
  async () => {
    const free = await scan(["--json"]);
    assert.equal(summaryOf(free.stdout).blocked, null);
    const log = join(folder, "blocked.scan");
    const startMs = Date.now();
    const [blocked, table] = await blocking(targetPrefix, 2 * passedBytes, () =>
      Promise.all([scan(["--json", "--save", log]), scan([])]),
    );
    const { complete, blocked: verdict, recall } = summaryOf(blocked.stdout);
    assert.equal(complete, false);
    assert.equal(verdict?.all, true);
    assert.equal(verdict?.hosts, 4);
    const afterMs = (verdict?.sinceMs ?? 0) - startMs;
    assert.ok(afterMs > 500 && afterMs < 6_000, `${afterMs} ms`);
    assert.ok(recall > 0.15 && recall < 0.5, `${recall}`);

    const resumed = await scan(["--resume", log, "--json"], []);
    assert.ok(summaryOf(resumed.stdout).complete);
    assert.equal([...resumed.stdout.matchAll(/"type":"endpoint"/g)].length, 4 * openPorts.length);

    const before = kept("free.json", free.stdout);
    const compared = await portolan(["diff", before, kept("blocked.json", blocked.stdout)]);
    assert.equal(compared.code, 0, compared.stdout);
    assert.match(compared.stderr, /stopped or blocked: what it does not name is not taken for closed/);

    assert.match(table.stderr, /nobody answers any more, since .*blocked; 4 addresses were not looked at/);
  },
);

test(
  "one host that blocks midway is told apart, in every format, and the others are whole",
  { skip },
  async () => {
    const free = await scan(["--format", "nmap-xml"]);
    const blocked = await blocking("198.19.50.2", passedBytes / 4, () => scan(["--format", "nmap-xml"]));
    const host = /<host [^>]*timedout="true">.*?addr="([^"]+)"/gs;
    assert.deepEqual(
      [...blocked.stdout.matchAll(host)].map(([, address]) => address),
      ["198.19.50.2"],
    );
    const compared = await portolan(["diff", kept("free.xml", free.stdout), kept("one.xml", blocked.stdout)]);
    assert.equal(compared.code, 0, compared.stdout);
    assert.match(compared.stderr, /1 address was not looked at to the end/);

    const json = await blocking("198.19.50.2", passedBytes / 4, () => scan(["--json"]));
    assert.deepEqual({ ...summaryOf(json.stdout).blocked, sinceMs: 0 }, { all: false, hosts: 1, sinceMs: 0 });
    assert.match(json.stdout, /\{"type":"host","address":"198\.19\.50\.2","complete":false\}/);
    const sameJson = await portolan(["diff", kept("free2.xml", free.stdout), kept("one.json", json.stdout)]);
    assert.equal(sameJson.code, 0, sameJson.stdout);
  },
);

test("a path that is away for a while is waited for, and nothing is missed", { skip }, async () => {
  const scanned = scan(["--json"]);
  await sleep(1_500);
  await blocking(targetPrefix, 0, () => sleep(6_000));
  const { stdout } = await scanned;
  const { blocked, complete } = summaryOf(stdout);
  assert.equal(blocked, null);
  assert.ok(complete);
  assert.equal([...stdout.matchAll(/"type":"endpoint"/g)].length, 4 * openPorts.length);
});
