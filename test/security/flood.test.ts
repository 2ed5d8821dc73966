import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { join } from "node:path";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { amount } from "../support/amount.ts";
import { listenerOn } from "../support/listener.ts";
import { hostNamed, Lookout } from "../support/lookout.ts";
import { Caller } from "../server/caller.ts";
import { startServerProcess } from "../server/server-process.ts";

const idleSockets = amount("PORTOLAN_SOCKETS", { short: 600, long: 10_000 });
const slowSockets = amount("PORTOLAN_SLOW_SOCKETS", { short: 100, long: 500 });
const seconds = amount("PORTOLAN_SECONDS", { short: 6, long: 60 });
const lostPartMax = 0.01;

interface Flooded {
  /** Answers to wrong tokens. */
  readonly asked: number;
  readonly connected: number;
}

function startFlood(url: string, idle: number, slow: number, guessers: number) {
  const flood = fork(join(import.meta.dirname, "flood.ts"), [url, ...[idle, slow, guessers].map(String)]);
  return {
    stop: (): Promise<Flooded> =>
      new Promise((resolve) => {
        flood.once("message", (told) => resolve(told as Flooded));
        flood.send("stop");
      }),
  };
}

test(`S10 ${idleSockets} idle sockets, ${slowSockets} slow ones and wrong tokens without end cost the agents nothing`, async (context) => {
  const server = await startServerProcess(1);
  const agent = new Caller(server.url, server.intakeTokens[0]);
  const lookout = new Lookout(hostNamed("host-0"));
  const sockets = startFlood(server.url, idleSockets, slowSockets, 0);
  const guessers = startFlood(server.url, 0, 0, 8);
  await sleep(500);
  await server.report();
  let [sent, lost] = [0, 0];
  const worst: number[] = [];
  const end = performance.now() + seconds * 1_000;
  while (performance.now() < end) {
    const start = performance.now();
    sent += 1;
    const basis =
      sent % 10 === 1 ? lookout.full([listenerOn(22), listenerOn(1_000 + (sent % 50))]) : lookout.same();
    try {
      const response = await agent.post("/intake", basis);
      if (response.status !== 200) lost += 1;
      await response.arrayBuffer();
    } catch {
      lost += 1;
    }
    worst.push(performance.now() - start);
    await sleep(20);
  }
  const report = await server.report();
  const [{ connected }, { asked }] = await Promise.all([sockets.stop(), guessers.stop()]);
  await server.stop();
  worst.sort((a, b) => a - b);
  context.diagnostic(
    `S10 ${sent} batches beside ${asked} wrong tokens and ${connected} connections in ${seconds} s: ${lost} lost, p99 ` +
      `${(worst[Math.floor(worst.length * 0.99)] ?? 0).toFixed(0)} ms, loop p99 ${report.loopP99Ms.toFixed(1)} ms, ` +
      `max ${report.loopMaxMs.toFixed(1)} ms, RSS ${report.rssMiB.toFixed(0)} MiB`,
  );
  assert.ok(sent > seconds * 5, `${sent} batches only`);
  assert.ok(lost / sent < lostPartMax, `${lost} of ${sent} lost`);
  assert.ok(asked > 100 && connected >= idleSockets + slowSockets, "the flood was one");
});
