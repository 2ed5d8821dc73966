import assert from "node:assert/strict";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import test from "node:test";
import { diagTables, tryOpenSockDiag } from "./sock-diag.ts";

test("a listener of ours is among the kernel's answers, and gone when it is closed", async (t) => {
  const diag = await tryOpenSockDiag();
  if ("unavailable" in diag) {
    t.skip(diag.unavailable);
    return;
  }
  t.after(() => diag.close());
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const ports = (): number[] => {
    const found: number[] = [];
    const [table] = diagTables;
    assert.equal(
      diag.listeners(
        table,
        (socket) => void found.push(socket.port),
        () => undefined,
      ),
      0,
    );
    return found;
  };
  assert.ok(ports().includes(port));
  server.close();
  await once(server, "close");
  assert.ok(!ports().includes(port));
});

test("the loopback device has its name", async (t) => {
  const diag = await tryOpenSockDiag();
  if ("unavailable" in diag) {
    t.skip(diag.unavailable);
    return;
  }
  t.after(() => diag.close());
  assert.ok([...diag.interfaces().values()].includes("lo"));
});

test("a namespace that is not there is a value with the reason", async (t) => {
  const diag = await tryOpenSockDiag("/proc/0/ns/net");
  if (!("unavailable" in diag)) diag.close();
  t.diagnostic(JSON.stringify(diag));
  assert.ok("unavailable" in diag);
});

test("asking for device names while a dump is being read disturbs neither", async (t) => {
  const diag = await tryOpenSockDiag();
  if ("unavailable" in diag) {
    t.skip(diag.unavailable);
    return;
  }
  t.after(() => diag.close());
  const servers = Array.from({ length: 30 }, () => createServer().listen(0, "127.0.0.1"));
  for (const server of servers) if (!server.listening) await once(server, "listening");
  t.after(() => servers.forEach((server) => void server.close()));
  const found = new Set<number>();
  const [table] = diagTables;
  const visit = ({ port }: { port: number }): void => {
    found.add(port);
    assert.ok(diag.interfaces().size > 0);
  };
  assert.equal(
    diag.listeners(table, visit, () => found.clear()),
    0,
  );
  for (const server of servers) assert.ok(found.has((server.address() as AddressInfo).port));
});
