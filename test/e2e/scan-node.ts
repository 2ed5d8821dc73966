import assert from "node:assert/strict";
import type { ScanLane, ScanPlan, ScanReport, ScanSample } from "../../src/model/scan-plan.ts";
import { everyPort } from "../../src/model/coverage.ts";
import { Caller } from "../server/caller.ts";
import { listener } from "../support/listener.ts";
import { aBatch, hostNamed } from "../support/lookout.ts";
import { password } from "./page.ts";

/** All targets of these tests are this machine's own: whoever took a scan of theirs in earnest would harm nobody. */
export const scanScope = { PORTOLAN_SCAN_SCOPE: "127.0.0.0/24" };

export async function administrator(url: string): Promise<Caller> {
  const caller = new Caller(url);
  assert.equal((await caller.signIn("admin", password)).status, 200);
  return caller;
}

export async function addPlan(caller: Caller, changes: object = {}): Promise<ScanPlan> {
  const plan = { name: "Quay", targets: ["127.0.0.0/28"], ports: "22,80,443", ...changes };
  return answerOf(caller.post("/scan-plans", plan));
}

export const startScan = (caller: Caller, plan: ScanPlan): Promise<unknown> =>
  answerOf(caller.post(`/scan-plans/${plan.id}/scans`, undefined));

/** A scan node that sends no packet: it takes scans up and says what the test tells it to say. */
export class ScanNode {
  readonly #caller: Caller;
  readonly #name: string;

  private constructor(caller: Caller, name: string) {
    this.#caller = caller;
    this.#name = name;
  }

  static async open(administrator: Caller, name: string): Promise<ScanNode> {
    const token = await answerOf<{ secret: string }>(administrator.post("/tokens", { name, scope: "scan" }));
    return new ScanNode(new Caller(administrator.url, token.secret), name);
  }

  /** The id of the scan that it is given. */
  async lease(): Promise<string> {
    const { assignment } = await answerOf<{ assignment: { runId: string } | null }>(
      this.#caller.post("/scan-node/lease", undefined),
    );
    assert.ok(assignment);
    return assignment.runId;
  }

  /** Whether it is to go on. */
  async report(runId: string, said: Partial<ScanReport>): Promise<boolean> {
    const report = { samples: [], lanes: [], end: null, outcome: null, ...said };
    const { goOn } = await answerOf<{ goOn: boolean }>(
      this.#caller.post(`/scan-node/scans/${runId}/report`, report),
    );
    return goOn;
  }

  /** Ports that it found open on one address. */
  async saw(runId: string, address: string, ports: readonly number[]): Promise<void> {
    const coverage = {
      transport: "tcp",
      addresses: [address],
      ports: everyPort,
      networkNamespaces: [null],
    } as const;
    const listeners = ports.map((port) => listener({ address, port }, [], { ownerUnknown: null }));
    const batch = aBatch(
      { view: "outside", vantage: this.#name, coverage: [coverage], listeners },
      {
        runId,
        source: { kind: "scanner", version: "0" },
        host: { ...hostNamed(address), addresses: [address], operatingSystem: null },
      },
    );
    await answerOf(this.#caller.post("/intake", batch));
  }
}

export function sampleAt(done: number, changes: Partial<ScanSample> = {}): ScanSample {
  return {
    elapsedMs: Math.round(done * 100_000),
    done,
    pass: 1,
    probes: Math.round(done * 48_000),
    packetsPerSecond: 480,
    bytesPerSecond: 27_840,
    open: Math.round(done * 40),
    closed: Math.round(done * 47_000),
    filtered: 0,
    loss: 0.0123,
    ...changes,
  };
}

export const lane = (address: string, open: number, changes: Partial<ScanLane> = {}): ScanLane => ({
  address,
  open,
  closed: 3 - open,
  filtered: 0,
  silent: 0,
  everywhere: false,
  ...changes,
});

/** One scan that is done, one that failed, one that goes on and one that waits, with a port that was seen from outside. */
export async function seedScans(url: string): Promise<void> {
  const admin = await administrator(url);
  const node = await ScanNode.open(admin, "node-quay");
  const quay = await addPlan(admin, { bandwidth: "1mbit", schedule: { kind: "every", minutes: 360 } });
  await startScan(admin, quay);
  const done = await node.lease();
  await node.saw(done, "127.0.0.9", [22, 443]);
  await node.report(done, {
    samples: [0.02, 0.2, 0.4, 0.6, 0.8, 1].map((share) => sampleAt(share)),
    lanes: [
      lane("127.0.0.9", 2),
      lane("127.0.0.10", 3, { everywhere: true }),
      lane("127.0.0.11", 0, { closed: 0, filtered: 1, silent: 2 }),
    ],
    end: { state: "done" },
    outcome: {
      engine: "nmap",
      command: "nmap -n -Pn -sS -p 22,80,443 -oX - 127.0.0.0/28",
      probes: 48,
      durationMs: 100_000,
      open: 5,
      loss: 0.0123,
      recall: 0.9993,
      unreachable: 1,
      blocked: true,
    },
  });
  await startScan(admin, await addPlan(admin, { name: "Dock", enabled: false }));
  await node.report(await node.lease(), { end: { state: "failed", problem: "nmap is not installed." } });
  await startScan(admin, quay);
  await node.report(await node.lease(), { samples: [sampleAt(0.02), sampleAt(0.42)] });
  await startScan(admin, await addPlan(admin, { name: "Lock" }));
}

async function answerOf<Answer>(asked: Promise<Response>): Promise<Answer> {
  const answer = await asked;
  const text = await answer.text();
  assert.ok(answer.ok, text);
  return JSON.parse(text) as Answer;
}
