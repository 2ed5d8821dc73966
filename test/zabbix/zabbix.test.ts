// Zabbix's own server, frontend, agent and tools against our passive port, template and sender.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { connect, createServer, type AddressInfo, type Server } from "node:net";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { systemClock } from "../../src/base/clock.ts";
import { connectionStates, type ConnectionState } from "../../src/model/connection-counts.ts";
import type { Listener } from "../../src/model/listener.ts";
import { agentItems } from "../../src/sinks/zabbix/agent-items.ts";
import { allowListOf } from "../../src/sinks/zabbix/allow-list.ts";
import { openPassiveListener, type PassiveListener } from "../../src/sinks/zabbix/passive-listener.ts";
import { openTrapperSender } from "../../src/sinks/zabbix/trapper-sender.ts";
import { listener, process as processOf } from "../support/listener.ts";
import { startZabbix, whyNoZabbix, type Zabbix } from "./zabbix.ts";

const missing = whyNoZabbix();
if (missing !== undefined) console.log(`no Zabbix on this machine, ${missing}: SKIPPED`);
const options = { skip: missing ?? false, timeout: 150_000 };
const stepMsMax = 40_000;
const pollMs = 200;
const run = promisify(execFile);
const template = readFileSync(join(import.meta.dirname, "../../packaging/zabbix/portolan.yaml"), "utf8");

/** What our port answers, as the test wants it. */
const counts = Object.fromEntries(connectionStates.map((state, index) => [state, 1_000 + index])) as Record<
  ConnectionState,
  number
>;
counts["SYN-RECEIVED"] = 0;
const web = listener({ address: "::", port: 8443 }, [processOf(70, "nginx")]);
const listeners: Listener[] = [
  listener({ port: 22 }, [processOf(50, "sshd")]),
  web,
  listener({ transport: "udp", port: 53 }, []),
  listener({ transport: "udp", port: 40_000 }, [processOf(90, "a-client")]),
];

const undo: (() => Promise<void>)[] = [];
let zabbix: Zabbix;
let port: PassiveListener;
let groupId: string;
let templateIds: ReadonlyMap<string, string>;
const hostIds = new Map<string, string>();
let setUpMs = 0;

interface Item {
  readonly itemid: string;
  readonly key_: string;
  readonly name: string;
  readonly lastclock: string;
  readonly lastvalue: string;
  readonly error: string;
}

before(async () => {
  if (missing !== undefined) return;
  zabbix = await startZabbix((step) => undo.push(step));
  port = await openPassiveListener({
    host: "127.0.0.1",
    port: 0,
    allow: allowListOf(["127.0.0.1"]),
    version: "0.1.0",
    provide: agentItems(
      {
        version: "0.1.0",
        hostname: "harbour-1",
        connectionCounts: () => Promise.resolve({ ...counts }),
        listeners: () => Promise.resolve([...listeners]),
      },
      systemClock,
    ),
  });
  undo.push(() => port.close());
}, options);

after(async () => {
  for (const step of undo.toReversed()) await step();
});

async function until<Value>(
  what: string,
  probe: () => Promise<Value | undefined>,
  msMax = stepMsMax,
): Promise<Value> {
  const endMs = performance.now() + msMax;
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (performance.now() > endMs) assert.fail(`${what}: not within ${msMax} ms`);
    await sleep(pollMs);
  }
}

const importTemplate = (): Promise<unknown> => {
  const rule = { createMissing: true, updateExisting: true };
  const kinds = ["groups", "templates", "items", "triggers", "graphs", "discoveryRules", "valueMaps"];
  const rules = Object.fromEntries(kinds.map((kind) => [kind, rule]));
  return zabbix.call("configuration.import", { format: "yaml", source: template, rules });
};

/** Ids of all that our templates hold: history hangs on them. */
async function inventory(): Promise<Record<string, readonly string[]>> {
  const found: Record<string, readonly string[]> = {};
  const templateids = [...templateIds.values()];
  for (const kind of ["item", "trigger", "graph", "discoveryrule", "itemprototype", "triggerprototype"]) {
    const ask = { templateids, output: [], preservekeys: true };
    found[kind] = Object.keys(await zabbix.call<object>(`${kind}.get`, ask)).sort();
  }
  return found;
}

const soon = { "{$PORTOLAN.INTERVAL}": "1s", "{$PORTOLAN.DISCOVERY.INTERVAL}": "3s" };

/** A host with one of our templates, asked on `agentPort`. */
async function addHost(
  name: string,
  agentPort: number,
  templateName: string,
  macros: Readonly<Record<string, string>> = soon,
): Promise<void> {
  const { hostids } = await zabbix.call<{ hostids: string[] }>("host.create", {
    host: name,
    groups: [{ groupid: groupId }],
    interfaces: [{ type: 1, main: 1, useip: 1, ip: "127.0.0.1", dns: "", port: String(agentPort) }],
    templates: [{ templateid: templateIds.get(templateName) }],
    macros: Object.entries(macros).map(([macro, value]) => ({ macro, value })),
  });
  hostIds.set(name, hostids[0] ?? "");
}

const itemsOf = (host: string, key: string): Promise<Item[]> =>
  zabbix.call("item.get", {
    hostids: hostIds.get(host),
    search: { key_: key },
    output: ["key_", "name", "lastclock", "lastvalue", "error"],
  });

/** Values of all eleven states, once all have come. */
const statesOf = (host: string, msMax?: number): Promise<Record<string, number>> =>
  until(
    `states of ${host}`,
    async () => {
      const items = (await itemsOf(host, "tcp.status[")).filter(({ lastclock }) => lastclock !== "0");
      if (items.length < connectionStates.length) return undefined;
      return Object.fromEntries(
        items.map(({ key_, lastvalue }) => [key_.replace(/^.*\[(.*)\]$/, "$1"), Number(lastvalue)]),
      );
    },
    msMax,
  );

/** The open problem of that name, or undefined once there is none. */
async function problemOf(host: string, name: RegExp): Promise<string | undefined> {
  const problems = await zabbix.call<{ name: string }[]>("problem.get", {
    hostids: hostIds.get(host),
    output: ["name"],
  });
  return problems.find((problem) => name.test(problem.name))?.name;
}

test("the template is imported, and once more over itself without a change", options, async (t) => {
  assert.equal(await importTemplate(), true);
  const found = await zabbix.call<{ host: string; templateid: string }[]>("template.get", {
    output: ["host"],
    search: { host: "Portolan " },
    startSearch: true,
  });
  templateIds = new Map(found.map(({ host, templateid }) => [host, templateid]));
  assert.deepEqual([...templateIds.keys()].sort(), [
    "Portolan TCP states",
    "Portolan TCP states zh",
    "Portolan host",
    "Portolan host zh",
  ]);
  const first = await inventory();
  assert.equal(await importTemplate(), true);
  assert.deepEqual(await inventory(), first);
  const counted = Object.entries(first).map(([kind, ids]) => `${ids.length} ${kind}`);
  assert.equal(first["item"]?.length, 48);
  t.diagnostic(counted.join(", "));
});

test("all eleven states come through our port, one by one and out of one answer", options, async (t) => {
  const { groupids } = await zabbix.call<{ groupids: string[] }>("hostgroup.create", { name: "Harbour" });
  groupId = groupids[0] ?? "";
  // The stand-in for `portolan tcp-status "$1"` asks our port for what the command would print.
  const line = `UserParameter=tcp.status[*],zabbix_get -s 127.0.0.1 -p ${port.port} -k 'tcp.status["$1","$2"]'`;
  const agentPort = await zabbix.startAgent([line]);
  setUpMs = performance.now();
  await addHost("polled", port.port, "Portolan TCP states");
  await addHost("at-once", port.port, "Portolan host");
  await addHost("chinese", port.port, "Portolan host zh");
  await addHost("agent", agentPort, "Portolan TCP states zh");
  await addHost("as-shipped", port.port, "Portolan TCP states", {});
  await zabbix.reload();
  for (const host of ["polled", "at-once", "chinese", "agent"]) {
    assert.deepEqual(await statesOf(host), counts, host);
    t.diagnostic(`${host}: all values ${((performance.now() - setUpMs) / 1_000).toFixed(1)} s after set-up`);
  }
  const names = (await itemsOf("chinese", "tcp.status[")).map(({ name }) => name);
  assert.ok(names.includes("TCP 半开连接 SYN-RECEIVED"));
});

test(
  "the article's three keys and every spelling are answered to zabbix_get as integers",
  options,
  async () => {
    const get = async (key: string): Promise<string> =>
      (await run("zabbix_get", ["-s", "127.0.0.1", "-p", String(port.port), "-k", key])).stdout;
    for (const state of connectionStates)
      for (const spelling of [
        state,
        state.replaceAll("-", "_"),
        `"${state.toLowerCase()}"`,
        `${state},extra`,
      ])
        assert.equal(await get(`tcp.status[${spelling}]`), `${counts[state]}\n`, spelling);
    assert.equal(await get("tcp.status[SYN_RECV]"), "0\n");
    assert.deepEqual(JSON.parse(await get("tcp.status.get")), { counts });
    assert.equal(await get("agent.ping"), "1\n");
    assert.match(await get("tcp.status[OPEN]"), /^ZBX_NOTSUPPORTED: A state is one of LISTEN, /);
    assert.match(await get("tcp.status[[[]"), /^ZBX_NOTSUPPORTED: The item key /);
  },
);

test("a real change of a state raises a problem, and its end resolves it", options, async (t) => {
  const name = /half-open TCP connections on polled$/;
  assert.equal(await problemOf("polled", name), undefined);
  const floodMs = performance.now();
  counts["SYN-RECEIVED"] = 5;
  await until("a problem", () => problemOf("polled", name));
  t.diagnostic(
    `raised ${((performance.now() - floodMs) / 1_000).toFixed(1)} s after the change, polled each second`,
  );
  await until("a problem in Chinese", () => problemOf("chinese", /^chinese 上 TCP 半开连接过多$/));
  counts["SYN-RECEIVED"] = 4;
  await until("the end of the problem", async () =>
    (await problemOf("polled", name)) === undefined ? true : undefined,
  );
});

test("listening ports become items by themselves, and one that goes away is a problem", options, async () => {
  const found = await until("discovered items", async () => {
    const items = await itemsOf("at-once", "portolan.port.listening");
    return items.length >= 3 ? items : undefined;
  });
  assert.deepEqual(found.map(({ name }) => name).sort(), [
    "tcp/0.0.0.0:22 (sshd)",
    "tcp/[::]:8443 (nginx)",
    "udp/0.0.0.0:53 (?)",
  ]);
  await zabbix.reload();
  await until("values of discovered items", async () => {
    const items = await itemsOf("at-once", "portolan.port.listening");
    return items.every(({ lastclock, lastvalue }) => lastclock !== "0" && lastvalue === "1") || undefined;
  });
  listeners.splice(listeners.indexOf(web), 1);
  const problem = await until("a problem", () => problemOf("at-once", /not listening any more$/));
  assert.equal(problem, "tcp/[::]:8443 on at-once is not listening any more");
});

/** Hands requests on to the server, and loses the first answers. */
async function lossyRelay(to: number, lost: number): Promise<Server> {
  let left = lost;
  const relay = createServer((client) => {
    const server = connect({ host: "127.0.0.1", port: to });
    client.pipe(server);
    client.on("error", () => server.destroy());
    server.on("error", () => client.destroy());
    server.on("data", (answer) => {
      if (left-- > 0) client.destroy();
      else client.end(answer);
    });
  });
  await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
  undo.push(() => new Promise((resolve) => relay.close(() => resolve())));
  return relay;
}

test("events arrive after the refusal, an outage and lost answers, each once", options, async (t) => {
  const said: string[] = [];
  const relay = await lossyRelay(zabbix.trapperPort, 2);
  await addHost("events", port.port, "Portolan host");
  const sender = openTrapperSender({
    host: "127.0.0.1",
    port: (relay.address() as AddressInfo).port,
    clock: systemClock,
    limits: { refusedPauseMs: 500, awayPauseMs: 200, pauseMsMax: 1_000 },
    report: (sentence) => said.push(sentence),
  });
  undo.push(() => sender.close());
  const offered = Array.from({ length: 300 }, (_, index) => JSON.stringify({ kind: "new", port: index }));
  const offer = (value: string): void =>
    sender.offer({ host: "events", key: "portolan.event", value, atMs: Date.now() });
  for (const value of offered.slice(0, 100)) offer(value);
  await until("a refusal", async () => said.find((sentence) => sentence.includes("no trapper item")));
  const refusedMs = performance.now();
  await zabbix.reload();
  await until("the first hundred", async () => sender.waiting === 0 || undefined);
  t.diagnostic(`taken ${((performance.now() - refusedMs) / 1_000).toFixed(1)} s after the reload`);

  await zabbix.stopServer();
  for (const value of offered.slice(100)) offer(value);
  await until("the outage", async () => said.find((sentence) => sentence.includes("takes no values")));
  await zabbix.startServer();
  await until("all", async () => sender.waiting === 0 || undefined);
  assert.deepEqual({ ...sender.counters }, { delivered: 300, overflowed: 0, expired: 0, refused: 0 });

  const [item] = await itemsOf("events", "portolan.event");
  const history = await until("history", async () => {
    const rows = await zabbix.call<{ value: string; clock: string; ns: string }[]>("history.get", {
      itemids: item?.itemid,
      history: 4,
      output: ["value", "clock", "ns"],
    });
    return rows.length >= offered.length ? rows : undefined;
  });
  const order = history.toSorted((a, b) => Number(a.clock) - Number(b.clock) || Number(a.ns) - Number(b.ns));
  assert.deepEqual(
    order.map(({ value }) => value),
    offered,
  );
});

test(
  "with the intervals as shipped, the first value stands there within a minute of set-up",
  options,
  async (t) => {
    const first = await until(
      "a value",
      async () => {
        const hostids = hostIds.get("as-shipped");
        const ask = { hostids, history: 3, sortfield: ["clock"], limit: 1, output: ["clock"] };
        const [row] = await zabbix.call<{ clock: string }[]>("history.get", ask);
        return row === undefined ? undefined : Number(row.clock);
      },
      60_000,
    );
    const setUpAtMs = Date.now() - (performance.now() - setUpMs);
    const tookS = first - setUpAtMs / 1_000;
    assert.ok(tookS <= 60, `${tookS} s`);
    t.diagnostic(`${tookS.toFixed(0)} s, the server told to read its configuration at once`);
  },
);

test("what our port counted is what was asked", options, (t) => {
  const { answered, ...rest } = port.counters;
  assert.ok(answered > 100);
  assert.deepEqual(rest, { forbidden: 0, dropped: 0, malformed: 0, unfinished: 0 });
  t.diagnostic(`${answered} connections answered`);
});
