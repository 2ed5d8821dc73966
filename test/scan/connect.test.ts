import assert from "node:assert/strict";
import test from "node:test";
import { portolan } from "../cli/portolan.ts";
import { createNamespace, whyNoNamespaces, type Namespace } from "../support/namespace.ts";
import { listenIn } from "./listening.ts";
import { createRoad, targetPrefix } from "./road.ts";

const skip = whyNoNamespaces("nft", "tc", "python3", "sysctl", "prlimit") ?? false;
const openPorts = Array.from({ length: 40 }, (_, index) => 100 + index * 41);
const timeoutMs = 120_000;

interface Summary {
  readonly open: number;
  readonly closed: number;
  readonly complete: boolean;
}

async function connectScan(
  namespace: Namespace,
  words: readonly string[],
  before: readonly string[] = [],
): Promise<{ readonly ports: number[]; readonly summary: Summary }> {
  const outcome = await portolan(["scan", ...words, "--engine", "connect", "--json"], {
    before: ["nsenter", `--net=/run/netns/${namespace.name}`, "--", ...before],
    timeoutMs,
  });
  assert.equal(outcome.code, 0, outcome.stderr);
  const lines = outcome.stdout.trim().split("\n");
  const found = lines.slice(0, -1).map((line) => (JSON.parse(line) as { readonly port: number }).port);
  return { ports: found.sort((a, b) => a - b), summary: JSON.parse(lines.at(-1) ?? "") as Summary };
}

test("a socket that talks to itself is no open port", { skip }, async () => {
  const alone = createNamespace();
  try {
    alone.run("sysctl", "-qw", "net.ipv4.ip_local_port_range=40000 40007");
    for (let time = 0; time < 3; time += 1) {
      const { summary } = await connectScan(alone, [
        "127.0.0.1",
        "-p",
        "40000-40007",
        "--scope",
        "127.0.0.1",
      ]);
      assert.deepEqual([summary.open, summary.complete], [0, true]);
    }
  } finally {
    alone.close();
  }
});

test("few descriptors, a slow link and loss cost time and no port", { skip }, async () => {
  const road = createRoad();
  const closePorts = await listenIn(road.target, openPorts);
  try {
    const words = ["198.19.0.5", "-p", "1-2000", "--scope", targetPrefix, "--miss", "0.001%"];
    const few = await connectScan(road.scanner, words, ["prlimit", "--nofile=100:100"]);
    assert.deepEqual(few.ports, openPorts);
    assert.equal(few.summary.closed, 2_000 - openPorts.length);
    road.shape("1mbit", "6kb");
    assert.deepEqual((await connectScan(road.scanner, words)).ports, openPorts);
    for (const device of ["west", "east"]) road.router.run("tc", "qdisc", "del", "dev", device, "root");
    road.lose(0.05);
    assert.deepEqual((await connectScan(road.scanner, words)).ports, openPorts);
  } finally {
    await closePorts();
    road.close();
  }
});
