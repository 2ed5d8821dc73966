import assert from "node:assert/strict";
import { connect, createServer, type AddressInfo } from "node:net";
import test, { type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "../base/clock.ts";
import { listener, process as processOf } from "../../test/support/listener.ts";
import { createSay } from "./language/language.ts";
import { keepZabbixPort, type ZabbixPortOptions } from "./zabbix-port.ts";

async function kept(t: TestContext, given: Pick<ZabbixPortOptions, "order"> & Partial<ZabbixPortOptions>) {
  const stop = new AbortController();
  const said: string[] = [];
  const ended = keepZabbixPort({
    version: "0.1.0",
    hostname: () => "harbour-1",
    listeners: () => [],
    ffi: false,
    clock: systemClock,
    say: await createSay("en"),
    warn: (sentence) => said.push(sentence),
    signal: stop.signal,
    againMs: 20,
    ...given,
  });
  t.after(async () => {
    stop.abort();
    await ended;
  });
  return { said, stop, ended };
}

async function sentence(said: readonly string[], pattern: RegExp): Promise<RegExpExecArray> {
  const endMs = performance.now() + 5_000;
  for (;;) {
    const found = said.map((text) => pattern.exec(text)).find((match) => match !== null);
    if (found != null) return found;
    assert.ok(performance.now() < endMs, `nothing like ${pattern} in ${JSON.stringify(said)}`);
    await sleep(5);
  }
}

/** What comes back for one key; empty where nobody answers. */
function ask(port: number, key: string): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect({ host: "127.0.0.1", port }, () => socket.write(`${key}\n`));
    socket.on("data", (chunk) => (text += chunk.subarray(13).toString()));
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(text));
  });
}

const portIn = (match: RegExpExecArray): number => Number(match[1]);

test("states and ports of this machine are answered until the end", async (t) => {
  const { said, stop, ended } = await kept(t, {
    order: { listen: "127.0.0.1:0", allow: ["127.0.0.1"] },
    listeners: () => [listener({ port: 22 }, [processOf(50, "sshd")])],
  });
  const port = portIn(await sentence(said, /^answers Zabbix on 127\.0\.0\.1:(\d+)$/));
  assert.ok(Number(await ask(port, "tcp.status[LISTEN]")) >= 1);
  assert.equal(await ask(port, "agent.hostname"), "harbour-1");
  assert.match(await ask(port, "portolan.ports.discovery"), /"{#PROCESS}":"sshd"/);
  stop.abort();
  await ended;
  assert.equal(await ask(port, "agent.ping"), "");
});

test("a port in use is told with its holder, once, and taken when it is free", async (t) => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as AddressInfo;
  const holder = listener({ address: "127.0.0.1", port }, [processOf(812, "zabbix_agentd")]);
  const elsewhere = { ...holder, networkNamespace: "4026532000", processes: [processOf(9, "another")] };
  const { said } = await kept(t, {
    order: { listen: `127.0.0.1:${port}`, allow: ["127.0.0.1"] },
    listeners: () => [elsewhere, holder],
  });
  await sentence(said, /tries again every 0\.02 s: 127\.0\.0\.1:\d+ is in use by zabbix_agentd \(PID 812\)$/);
  await sleep(100);
  assert.equal(said.length, 1);
  await new Promise((resolve) => other.close(resolve));
  await sentence(said, /^answers Zabbix on /);
  assert.equal(await ask(port, "agent.ping"), "1");
});

test("an address that this machine has not is told, and does not end the agent", async (t) => {
  const { said } = await kept(t, { order: { listen: "192.0.2.1:0", allow: ["127.0.0.1"] } });
  await sentence(said, /^does not answer Zabbix.*EADDRNOTAVAIL/);
});

test("who asks and is not on the list is told", async (t) => {
  const { said } = await kept(t, { order: { listen: "127.0.0.1:0", allow: ["192.0.2.10"] } });
  const port = portIn(await sentence(said, /^answers Zabbix on 127\.0\.0\.1:(\d+)$/));
  assert.equal(await ask(port, "agent.ping"), "");
  await sentence(said, /^1 connection to Zabbix's port from addresses that may not ask.* 127\.0\.0\.1$/);
});
