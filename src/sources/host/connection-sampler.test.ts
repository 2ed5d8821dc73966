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
