import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import test from "node:test";
import { inetDiagOffsets, states } from "./inet-diag.ts";
import { everyTcpState, tryOpenSocketDump } from "./socket-dump.ts";

test("the kernel tells of every socket of a state, and with ports of those alone", async (t) => {
  const dump = await tryOpenSocketDump();
  if ("unavailable" in dump) {
    t.skip(dump.unavailable);
    return;
  }
  t.after(() => dump.close());
  const servers = Array.from({ length: 3 }, (_, index) =>
    createServer().listen(0, index === 0 ? "::1" : "127.0.0.1"),
  );
  t.after(() => servers.forEach((server) => void server.close()));
  for (const server of servers) if (!server.listening) await once(server, "listening");
  const [first = 0, second = 0, third = 0] = servers.map((server) => (server.address() as AddressInfo).port);
  const portsOf = (wanted: number, only: readonly number[] | null): number[] => {
    const found: number[] = [];
    const failure = dump.tcp(
      wanted,
      only?.map((port) => ({ first: port, last: port })).sort((a, b) => a.first - b.first) ?? null,
      (bytes, start) => void found.push(bytes.readUInt16BE(start + inetDiagOffsets.port)),
      () => (found.length = 0),
    );
    assert.equal(failure, 0);
    return found;
  };
  const all = portsOf(states.listen, null);
  for (const port of [first, second, third]) assert.equal(all.filter((one) => one === port).length, 1);
  assert.deepEqual(portsOf(everyTcpState, [second]), [second]);
  assert.deepEqual(new Set(portsOf(states.listen, [first, third])), new Set([first, third]));
});
