import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import test from "node:test";
import { systemClock } from "../../base/clock.ts";
import { parseConnectionBatch } from "../../model/connection-intake-schema.ts";
import { openConnectionSampler } from "./connection-sampler.ts";
import { createPoller } from "./poller.ts";

for (const ffi of [true, false]) {
  test(`a sample knows ports, owners, queues and remotes, ${ffi ? "by netlink" : "by /proc"}`, async () => {
    const server = createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const clients = [connect(port, "127.0.0.1"), connect(port, "127.0.0.1")];
    const accepted: Socket[] = [];
    server.on("connection", (socket) => accepted.push(socket));
    await Promise.all(clients.map((client) => once(client, "connect")));
    while (accepted.length < 2) await once(server, "connection");
    // Half closed by the client, and never closed by us.
    accepted[0]?.resume();
    clients[0]?.end();
    while (accepted.every(({ readableEnded }) => !readableEnded)) await new Promise(setImmediate);

    const poller = await createPoller({ ffi });
    poller.look();
    const sampler = await openConnectionSampler({
      listeners: () => poller.listeners(),
      clock: systemClock,
      seed: 1,
      ffi,
    });
    const sample = sampler.take();
    const row = sample.ports.find((one) => one.port === port);
    assert.equal(row?.states.LISTEN, 1);
    assert.equal((row?.states.ESTABLISHED ?? 0) + (row?.states["CLOSE-WAIT"] ?? 0), 2);
    assert.ok((row?.processes.length ?? 0) > 0);
    assert.equal(row?.queue === null, !ffi);
    const remote = sample.remotes.find((one) => one.remote === "127.0.0.1");
    assert.ok((remote?.ports ?? 0) >= 3, "one service, and the clients' own ports");
    assert.ok(sample.remoteCount >= 1);
    if (ffi) {
      const own = sample.processes.find(({ pid }) => pid === process.pid);
      assert.ok((own?.states["CLOSE-WAIT"] ?? 0) >= 1, "found by the socket that waits");
    }
    assert.ok((sample.ephemeral?.size ?? 0) > 0);
    const again = sampler.take();
    assert.equal(again.ports.find((one) => one.port === port)?.states.LISTEN, 1, "nothing is counted twice");
    parseConnectionBatch(
      JSON.parse(
        JSON.stringify({
          source: { kind: "agent", version: "1" },
          host: { hostname: "here", machineId: null, addresses: [], operatingSystem: null },
          sentAtMs: sample.atMs,
          samples: [sample],
        }),
      ),
    );
    sampler.close();
    poller.close();
    for (const socket of [...clients, ...accepted]) socket.destroy();
    server.close();
  });
}

test("what is dear to look at is looked at seldom, but counted each time, and looked at when it jumps", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const sockets: Socket[] = [];
  server.on("connection", (socket) => sockets.push(socket));
  const open = async (count: number): Promise<void> => {
    const clients = Array.from({ length: count }, () => connect(port, "127.0.0.1"));
    sockets.push(...clients);
    await Promise.all(clients.map((client) => once(client, "connect")));
  };
  // Every question for the time costs 50 ms: a close look seems to take as long, and rests for 25 s, or for 2.5.
  let nowMs = 0;
  const clock = { nowMs: () => Date.now(), monotonicMs: () => (nowMs += 50) };
  const sampler = await openConnectionSampler({ listeners: () => [], clock, seed: 1, ffi: true, fewMax: 0 });
  const at = (sample: ReturnType<typeof sampler.take>): number =>
    sample.ports.find((one) => one.port === port)?.states.ESTABLISHED ?? 0;
  const before = sampler.take();
  assert.equal(at(before), 0);
  await open(3);
  const counted = sampler.take();
  assert.ok(counted.tcp.ESTABLISHED >= before.tcp.ESTABLISHED + 4, "by the kernel's own counters");
  assert.equal(at(counted), 0, "as of the close look");
  await open(150);
  let looks = 0;
  while (at(sampler.take()) < 150) assert.ok((looks += 1) < 60);
  assert.ok(looks > 1);
  assert.equal(sampler.take().ports.find((one) => one.port === port)?.states.LISTEN, 1);
  sampler.close();
  for (const socket of sockets) socket.destroy();
  server.close();
});
