// A process that takes in connections of one host until it is killed. Arguments: data folder, and the number of the
// first sample. stdout: a JSON line {"stored": n} per batch that was acknowledged: samples 0 … n-1 are held.
import { openApplication } from "../../src/app/open.ts";
import { identity } from "../store/fleet.ts";
import { aConnectionBatch } from "../support/connections.ts";
import { numberedSample, sampleMs } from "./numbered-sample.ts";

const [, , dataFolder = "", first = "0"] = process.argv;
const perBatch = 7;
let next = Number(first);
const app = await openApplication({
  dataFolder,
  version: "test",
  clock: { nowMs: () => sampleMs(next + perBatch), monotonicMs: () => performance.now() },
  report: () => undefined,
});
const { hostId } = await app.enrol("test", identity(0));
for (;;) {
  const samples = Array.from({ length: perBatch }, (_, index) => numberedSample(next + index));
  const sentAtMs = sampleMs(next + perBatch);
  const body = Buffer.from(JSON.stringify(aConnectionBatch(samples, { sentAtMs, host: identity(0) })));
  await app.takeConnections({ hostId, body });
  next += perBatch;
  process.stdout.write(`${JSON.stringify({ stored: next })}\n`);
}
