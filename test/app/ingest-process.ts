// A process that takes in batches until it is killed. stdin: one JSON line {n, hostId, body}; stdout: {n} or {n, error}.
import { createInterface } from "node:readline";
import { openApplication } from "../../src/app/open.ts";
import { systemClock } from "../../src/base/clock.ts";
import { identity } from "../store/fleet.ts";

const [, , dataFolder = "", hosts = "0"] = process.argv;
const start = performance.now();
const app = await openApplication({
  dataFolder,
  version: "test",
  clock: systemClock,
  report: () => undefined,
});
const readyMs = performance.now() - start;
const hostIds: string[] = [];
for (let host = 0; host < Number(hosts); host += 1) {
  hostIds.push((await app.enrol("test", identity(host))).hostId);
}
const say = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
say({ readyMs, hostIds });

createInterface({ input: process.stdin }).on("line", (line) => {
  const { n, hostId, body } = JSON.parse(line) as { n: number; hostId: string; body: string };
  app.ingest({ hostId, body: Buffer.from(body, "base64") }).then(
    () => say({ n }),
    (error: unknown) => say({ n, error: String(error) }),
  );
});
