import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type Connections, openConnections } from "../link/connections.ts";
import { socketConnections } from "./socket-connections.ts";

const addresses = {
  "127.0.0.1": Uint8Array.of(127, 0, 0, 1),
  "::1": Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
} as const;
const refused = 111;
const turnsMax = 2_000;

/** A server that keeps how each of its connections was left. */
async function listening(host: keyof typeof addresses) {
  const left: string[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", ({ code = "" }: NodeJS.ErrnoException) => left.push(code));
    socket.on("end", () => left.push("closed"));
    socket.resume();
  });
  server.listen(0, host);
  await once(server, "listening");
  const bound = server.address();
  assert.ok(typeof bound === "object" && bound !== null);
  return {
    port: bound.port,
    address: addresses[host],
    async leftBy(count: number): Promise<readonly string[]> {
      for (let turn = 0; left.length < count && turn < turnsMax; turn += 1) await sleep(1);
      return left;
    },
    close(): void {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

async function endOf(connections: Connections, address: Uint8Array, port: number): Promise<number> {
  const at = connections.begin(0, address, port);
  const ends = at === undefined ? [] : [at];
  for (let turn = 0; ends.length === 0 && turn < turnsMax; turn += 1) {
    await connections.collect((_, end) => ends.push(end), 1);
    await sleep(0);
  }
  assert.equal(ends.length, 1);
  return ends[0] ?? Number.NaN;
}

for (const [name, open] of [
  ["through FFI", openConnections],
  ["by Node's sockets", (slots: number) => Promise.resolve(socketConnections(slots))],
] as const) {
  test(`a slot serves one connection after the other, ${name}`, async () => {
    const connections = await open(1);
    assert.ok(!("unavailable" in connections));
    const [here, there] = [await listening("127.0.0.1"), await listening("::1")];
    try {
      for (let time = 1; time <= 3; time += 1) {
        assert.equal(await endOf(connections, here.address, here.port), 0);
        connections.leave(0, false);
        assert.equal((await here.leftBy(time))[time - 1], "ECONNRESET");
        assert.equal(await endOf(connections, here.address, 1), refused);
        assert.equal(await endOf(connections, there.address, there.port), 0);
        connections.leave(0, true);
        assert.equal((await there.leftBy(time))[time - 1], "closed");
      }
    } finally {
      connections.close();
      here.close();
      there.close();
    }
  });
}
