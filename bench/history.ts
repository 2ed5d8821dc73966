// A year of connections: what it takes on the disk, how long each span takes to be asked for, and how many hosts can
// tell theirs, through the same threads as the server's. Arguments: hosts (3) and samples that each slice is made of (3).
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import type { Application } from "../src/app/application.ts";
import { openApplication } from "../src/app/open.ts";
import { systemClock } from "../src/base/clock.ts";
import {
  addSlices,
  asOneSample,
  closeSlice,
  historySteps,
  mergeSlices,
  sliceOf,
  startOf,
  type ConnectionSlice,
  type HistoryStep,
} from "../src/model/connection-history.ts";
import type { ConnectionSample } from "../src/model/connection-sample.ts";
import { embeddedStore } from "../src/store/location.ts";
import { openReading } from "../src/store/sqlite/connection.ts";
import { openWriter } from "../src/store/open.ts";
import { aConnectionBatch, busySample } from "../test/support/connections.ts";
import { identity } from "../test/store/fleet.ts";

const hosts = Number(process.argv[2] ?? 3);
const perSlice = Number(process.argv[3] ?? 3);
const rounds = 9;
/** Of the last part: hosts that tell one full sample each, and how often all of them do. */
const tellers = 200;
const tellings = 12;
const inFlight = 64;
const nowMs = Date.now();
const dayMs = 86_400_000;
const spans = [
  ["1 h", dayMs / 24],
  ["24 h", dayMs],
  ["7 d", 7 * dayMs],
  ["1 y", 365 * dayMs],
] as const;

/** A small machine: one service, the same few peers. */
function calmSample(atMs: number): ConnectionSample {
  const few = 6;
  const sample = busySample(startOf(nowMs, dayMs) + (atMs % (dayMs / 24)), 60);
  const cut = <Row>(rows: readonly Row[]): readonly Row[] => rows.slice(0, few);
  const { ports, remotes, prefixes, processes } = sample;
  const tables = {
    ports: cut(ports),
    remotes: cut(remotes),
    prefixes: cut(prefixes),
    processes: cut(processes),
  };
  return { ...sample, ...tables, atMs };
}

function sliceAt(
  startMs: number,
  step: HistoryStep,
  sampleAt: (ms: number) => ConnectionSample,
): ConnectionSlice {
  const count = step.stepMs === historySteps[0].stepMs ? 1 : perSlice;
  const slices = Array.from({ length: count }, (_, index) =>
    sliceOf(sampleAt(startMs + Math.floor((index * step.stepMs) / count)), undefined, step.stepMs),
  );
  return closeSlice(slices.reduce(mergeSlices), step.tops);
}

const folder = mkdtempSync(join(tmpdir(), "portolan-bench-"));
const open = () =>
  openApplication({ dataFolder: folder, version: "bench", clock: systemClock, report: console.error });
const file = embeddedStore(folder).slice("sqlite:".length);

async function takeIn(app: Application): Promise<void> {
  const told: string[] = [];
  for (let host = 0; host < tellers; host += 1)
    told.push((await app.enrol("bench", identity(1_000 + host))).hostId);
  const times: number[] = [];
  let bytes = 0;
  for (let telling = 0; telling < tellings; telling += 1) {
    const atMs = Date.now() - (tellings - telling) * 10_000;
    const bodies = told.map((_, host) => {
      const batch = { host: identity(1_000 + host), sentAtMs: Date.now() };
      return Buffer.from(JSON.stringify(aConnectionBatch([busySample(atMs)], batch)));
    });
    bytes = bodies[0]?.length ?? 0;
    const startMs = performance.now();
    for (let first = 0; first < tellers; first += inFlight) {
      const some = told.slice(first, first + inFlight);
      await Promise.all(
        some.map((hostId, index) =>
          app.takeConnections({ hostId, body: bodies[first + index] ?? Buffer.alloc(0) }),
        ),
      );
    }
    times.push((performance.now() - startMs) / tellers);
  }
  const sorted = times.toSorted((a, b) => a - b).map((ms) => ms.toFixed(2));
  console.log(
    `taken in: ${sorted[sorted.length >> 1]} ms (${sorted[0]}–${sorted.at(-1)}) for a full sample of ${bytes} bytes`,
  );
}

try {
  let app = await open();
  const ids: string[] = [];
  for (let host = 0; host < hosts + 1; host += 1) ids.push((await app.enrol("bench", identity(host))).hostId);
  await app.close();

  const writer = await openWriter(embeddedStore(folder));
  for (const [host, hostId] of ids.entries()) {
    const calm = host === hosts;
    for (const step of historySteps) {
      const { stepMs, keptMs, blockMs } = step;
      for (let atMs = startOf(nowMs - keptMs, blockMs); atMs < nowMs; atMs += blockMs) {
        const length = Math.min(blockMs, nowMs - atMs) / stepMs;
        const slices = Array.from({ length }, (_, index) =>
          sliceAt(atMs + index * stepMs, step, calm ? calmSample : busySample),
        );
        await writer.transaction({ durable: false }, async (changes) => {
          await changes.changeConnectionBlock(hostId, { stepMs, atMs }, () => slices);
          if (step.tops === 0) return;
          await changes.changeConnectionBlock(null, { stepMs, atMs }, (fleet) =>
            slices.map((slice, index) => {
              const held = fleet[index];
              return held === undefined ? asOneSample(slice) : addSlices(held, asOneSample(slice));
            }),
          );
        });
      }
    }
  }
  await writer.close();
  const db = openReading(file);
  const sizes = db
    .prepare<[], { series: number; step: number; rows: number; kB: number }>(
      `select series, step_ms / 1000 as step, count(*) as rows, round(sum(length(body)) / 1e3) as kB
       from connection_blocks group by series, step_ms`,
    )
    .all();
  db.close();
  const names = ["fleet", ...ids.map((_, host) => (host === hosts ? "calm host" : "busy host"))];
  console.table(sizes.map(({ series, step, ...rest }) => ({ who: names[series], "step s": step, ...rest })));
  console.log(`database: ${(statSync(file).size / 1e6).toFixed(1)} MB`);

  app = await open();
  const rows: Record<string, string | number>[] = [];
  for (const [name, spanMs] of spans) {
    for (const [who, hostId] of [
      ["busy host", ids[0] ?? ""],
      ["calm host", ids[hosts] ?? ""],
      ["fleet", null],
    ] as const) {
      const times: number[] = [];
      let points = 0;
      for (let round = 0; round < rounds; round += 1) {
        const startMs = performance.now();
        const query = { hostId, fromMs: nowMs - spanMs, toMs: nowMs, points: 370 };
        points = (await app.read.connectionHistory(query)).moments.length;
        times.push(performance.now() - startMs);
      }
      const [first = 0, ...others] = times;
      const sorted = others.toSorted((a, b) => a - b);
      rows.push({
        who,
        span: name,
        points,
        "first ms": Math.round(first),
        "median ms": Math.round(sorted[sorted.length >> 1] ?? 0),
        "range ms": `${Math.round(sorted[0] ?? 0)}–${Math.round(sorted.at(-1) ?? 0)}`,
      });
    }
  }
  console.table(rows);
  await takeIn(app);
  await app.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
