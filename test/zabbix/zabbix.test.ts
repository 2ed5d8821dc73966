// Zabbix's own server, frontend, agent and tools against our passive port, template and sender: with counts that the
// test chooses, and with Portolan as people start it.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { promisify } from "node:util";
import { systemClock } from "../../src/base/clock.ts";
import { connectionStates, type ConnectionState } from "../../src/model/connection-counts.ts";
import type { PortEvent } from "../../src/model/event.ts";
import type { Listener } from "../../src/model/listener.ts";
import { agentItems } from "../../src/sinks/zabbix/agent-items.ts";
import { allowListOf } from "../../src/sinks/zabbix/allow-list.ts";
import { eventItem } from "../../src/sinks/zabbix/event-item.ts";
import { openPassiveListener, type PassiveListener } from "../../src/sinks/zabbix/passive-listener.ts";
import { openTrapperSender } from "../../src/sinks/zabbix/trapper-sender.ts";
import { program } from "../cli/portolan.ts";
import { listener, process as processOf } from "../support/listener.ts";
import { configurationOf, until, type Configuration } from "./configuration.ts";
import {
  heldConnections,
  listenSomewhere,
  startAnsweringAgent,
  startTellingServer,
  type AnsweringAgent,
  type OwnPort,
} from "./product.ts";
import { relayTo } from "./relay.ts";
import { startZabbix, whyNoZabbix, type Zabbix } from "./zabbix.ts";

const missing = whyNoZabbix();
if (missing !== undefined) console.log(`no Zabbix on this machine, ${missing}: SKIPPED`);
const options = { skip: missing ?? false, timeout: 150_000 };
const run = promisify(execFile);
const template = readFileSync(join(import.meta.dirname, "../../packaging/zabbix/portolan.yaml"), "utf8");

/** What our port answers, as the test wants it. */
const counts: Record<ConnectionState, number> = {
  LISTEN: 20,
  "SYN-SENT": 1,
  "SYN-RECEIVED": 0,
  ESTABLISHED: 1_234,
  "FIN-WAIT-1": 2,
  "FIN-WAIT-2": 3,
  "CLOSE-WAIT": 40,
  CLOSING: 4,
  "LAST-ACK": 5,
  "TIME-WAIT": 678,
  CLOSED: 6,
};
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
/** `portolan agent`, with what really happens on this machine. */
let agent: AnsweringAgent;
/** `portolan up`, which tells the trapper. */
let telling: Promise<unknown>;
/** A port of this test, which the agent finds. */
let own: OwnPort;
let frontend: Configuration;
let shippedAtMs = 0;

const soon = {
  "{$PORTOLAN.INTERVAL}": "1s",
  "{$PORTOLAN.DISCOVERY.INTERVAL}": "3s",
  "{$PORTOLAN.WINDOW}": "3s",
  "{$PORTOLAN.CLOSE.WAIT.WINDOW}": "3s",
};
const secondsSince = (beganMs: number): string => ((performance.now() - beganMs) / 1_000).toFixed(1);

before(async () => {
  if (missing !== undefined) return;
  const starting = startAnsweringAgent((step) => undo.push(step));
  zabbix = await startZabbix((step) => undo.push(step));
  agent = await starting;
  frontend = await configurationOf(zabbix);
  port = await openPassiveListener({
    host: "127.0.0.1",
    port: 0,
    allow: allowListOf(["127.0.0.1"]),
    provide: agentItems(
      {
        version: "0.1.0",
        hostname: () => "harbour-1",
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

test("the template is imported, and once more over itself without a change", options, async (t) => {
  assert.equal(await frontend.importTemplate(template), true);
  assert.deepEqual(await frontend.templates(), [
    "Portolan TCP states",
    "Portolan TCP states zh",
    "Portolan host",
    "Portolan host zh",
    "Portolan trapper",
    "Portolan trapper zh",
  ]);
  const first = await frontend.inventory();
  assert.equal(await frontend.importTemplate(template), true);
  assert.deepEqual(await frontend.inventory(), first);
  assert.equal(first["item"]?.length, 74);
  t.diagnostic(
    Object.entries(first)
      .map(([kind, ids]) => `${ids.length} ${kind}`)
      .join(", "),
  );
});

test("all eleven states come through our port, one by one and out of one answer", options, async (t) => {
  own = await listenSomewhere((step) => undo.push(step));
  const agentPort = await zabbix.startAgent([`UserParameter=tcp.status[*],${program} tcp-status "$1" "$2"`]);
  const beganMs = performance.now();
  await frontend.addHost("polled", port.port, "Portolan TCP states", soon);
  await frontend.addHost("at-once", port.port, "Portolan host", soon);
  await frontend.addHost("chinese", port.port, "Portolan host zh", soon);
  await frontend.addHost("agent", agentPort, "Portolan TCP states zh", {
    ...soon,
    "{$PORTOLAN.INTERVAL}": "3s",
  });
  shippedAtMs = Date.now();
  await frontend.addHost("as-shipped", agent.port, "Portolan TCP states", {});
  const only = { "{$PORTOLAN.PORTS.MATCHES}": `^tcp/127\\.0\\.0\\.1:${own.port}$` };
  await frontend.addHost("quay", agent.port, "Portolan host", { ...soon, ...only });
  await frontend.addHost("told", port.port, "Portolan trapper", soon);
  await zabbix.reload();
  // Started now, so that its samples come while the tests below run.
  telling = startTellingServer((step) => undo.push(step), zabbix.trapperPort, "told");
  telling.catch(() => undefined);
  for (const host of ["polled", "at-once", "chinese", "agent"]) {
    const states = await frontend.states(host);
    if (host !== "agent") assert.deepEqual(states, counts, host);
    else assert.ok((states["LISTEN"] ?? 0) > 0, "the command counts this machine");
    t.diagnostic(`${host}: all values ${secondsSince(beganMs)} s after set-up began`);
  }
  const names = (await frontend.items("chinese", "tcp.status[")).map(({ name }) => name);
  assert.ok(names.includes("TCP 半开连接 SYN-RECEIVED"));
});

test(
  "connections and ports of this machine come from our agent, whose server is away",
  options,
  async (t) => {
    const held = 40;
    const hosts = ["quay", "agent"];
    const before = await Promise.all(hosts.map((host) => frontend.states(host)));
    const [beganMs, release] = [performance.now(), await heldConnections(own, held)];
    const grown = (states: Readonly<Record<string, number>>, index: number): boolean =>
      ["CLOSE-WAIT", "FIN-WAIT-2"].every(
        (state) => (states[state] ?? 0) >= (before[index]?.[state] ?? 0) + held,
      );
    await until("half-closed connections", async () => {
      const now = await Promise.all(hosts.map((host) => frontend.states(host)));
      return now.every(grown) || undefined;
    });
    t.diagnostic(
      `a real change of states seen in Zabbix ${secondsSince(beganMs)} s later, asked each second`,
    );
    release();
    const [found] = await until("the test's own port", async () => {
      const items = await frontend.items("quay", "portolan.port.listening");
      return items.length > 0 ? items : undefined;
    });
    assert.match(found?.name ?? "", new RegExp(`^tcp/127\\.0\\.0\\.1:${own.port} \\(node`));
    const { stdout } = await run("zabbix_get", [
      "-s",
      "127.0.0.1",
      "-p",
      `${agent.port}`,
      "-k",
      found?.key_ ?? "",
    ]);
    assert.equal(stdout, "1\n");
  },
);

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
  assert.equal(await frontend.problem("polled", name), undefined);
  const floodMs = performance.now();
  counts["SYN-RECEIVED"] = 5;
  await until("a problem", () => frontend.problem("polled", name));
  t.diagnostic(`raised ${secondsSince(floodMs)} s after the change, asked each second`);
  await until("a problem in Chinese", () => frontend.problem("chinese", /^chinese 上 TCP 半开连接过多$/));
  counts["SYN-RECEIVED"] = 4;
  await until("the end of the problem", async () =>
    (await frontend.problem("polled", name)) === undefined ? true : undefined,
  );
});

test(
  "unanswered attempts, a pile and a growth are problems, a level that stands still is none",
  options,
  async () => {
    const names = [
      /connection attempts from polled/,
      /TIME-WAIT piles up on polled$/,
      /CLOSE-WAIT grows on polled$/,
    ];
    const problems = (): Promise<readonly (string | undefined)[]> =>
      Promise.all(names.map((name) => frontend.problem("polled", name)));
    // CLOSE-WAIT has stood at 40 for several windows.
    assert.deepEqual(await problems(), [undefined, undefined, undefined]);
    const before = { ...counts };
    Object.assign(counts, { "SYN-SENT": 100, "TIME-WAIT": 20_000, "CLOSE-WAIT": 41 });
    await until(
      "three problems",
      async () => (await problems()).every((problem) => problem !== undefined) || undefined,
    );
    Object.assign(counts, { ...before, "CLOSE-WAIT": 19 });
    await until(
      "their end",
      async () => (await problems()).every((problem) => problem === undefined) || undefined,
    );
  },
);

test("listening ports become items by themselves, and one that goes away is a problem", options, async () => {
  const found = await until("discovered items", async () => {
    const items = await frontend.items("at-once", "portolan.port.listening");
    return items.length >= 3 ? items : undefined;
  });
  assert.deepEqual(found.map(({ name }) => name).sort(), [
    "tcp/0.0.0.0:22 (sshd)",
    "tcp/[::]:8443 (nginx)",
    "udp/0.0.0.0:53 (?)",
  ]);
  await zabbix.reload();
  await until("values of discovered items", async () => {
    const items = await frontend.items("at-once", "portolan.port.listening");
    return items.every(({ lastclock, lastvalue }) => lastclock !== "0" && lastvalue === "1") || undefined;
  });
  listeners.splice(listeners.indexOf(web), 1);
  const problem = await until("a problem", () => frontend.problem("at-once", /not listening any more$/));
  assert.equal(problem, "tcp/[::]:8443 on at-once is not listening any more");
});

const eventOn = (port: number, atMs: number): PortEvent => ({
  id: `event-${port}`,
  kind: "new",
  atMs,
  observedAtMs: atMs,
  hostId: "h1",
  view: "inside",
  endpoint: { transport: "tcp", address: "0.0.0.0", port, interface: null, networkNamespace: null },
  ownersBefore: [],
  ownersAfter: [],
  reason: { code: "first-seen-where-looked-before", sightings: 1 },
  verdict: { action: "none", ruleId: null, highRisk: null },
});

test("events arrive after the refusal, lost answers and an outage, each once", options, async (t) => {
  const said: string[] = [];
  const relay = await relayTo(zabbix.trapperPort);
  undo.push(async () => relay.close());
  await frontend.addHost("events", port.port, "Portolan host", soon);
  const sender = openTrapperSender({
    host: "127.0.0.1",
    port: relay.port,
    clock: systemClock,
    limits: { refusedPauseMs: 500, awayPauseMs: 200, pauseMsMax: 1_000 },
    report: (sentence) => said.push(sentence),
  });
  undo.push(() => sender.close());
  const offered = Array.from({ length: 300 }, (_, index) => eventItem("events", eventOn(index, Date.now())));
  for (const value of offered.slice(0, 100)) sender.offer(value);
  await until("a refusal", () => said.find((sentence) => sentence.includes("no trapper item")));
  const refusedMs = performance.now();
  await zabbix.reload();
  await until("the first hundred", () => sender.waiting === 0 || undefined);
  t.diagnostic(`taken ${secondsSince(refusedMs)} s after the server was told to read its configuration`);

  // The server has stored them and said so, and we have not heard it.
  relay.lose(2);
  for (const value of offered.slice(100, 200)) sender.offer(value);
  await until("the second hundred", () => sender.waiting === 0 || undefined);
  assert.equal(relay.left, 0);

  await zabbix.stopServer();
  said.length = 0;
  for (const value of offered.slice(200)) sender.offer(value);
  await until("the outage", () => said.find((sentence) => sentence.includes("takes no values")));
  await zabbix.startServer();
  await until("all", () => sender.waiting === 0 || undefined);
  assert.deepEqual({ ...sender.counters }, { delivered: 300, overflowed: 0, expired: 0, refused: 0 });

  assert.deepEqual(
    await frontend.texts("events", "portolan.event", offered.length),
    offered.map(({ value }) => value),
  );
});

test(
  "our server tells the trapper of a port that opens, and of connections, under the host's name there",
  options,
  async (t) => {
    await telling;
    const opened = await listenSomewhere((step) => undo.push(step));
    const beganMs = performance.now();
    const endpoint = `"endpoint":"tcp/127.0.0.1:${opened.port}"`;
    const text = await until("the event", async () =>
      (await frontend.texts("told", "portolan.event", 1)).find((value) => value.includes(endpoint)),
    );
    const { kind, processAfter } = JSON.parse(text) as { kind: string; processAfter: string };
    assert.deepEqual([kind, processAfter.startsWith("node")], ["new", true]);
    t.diagnostic(`in Zabbix's history ${secondsSince(beganMs)} s after it opened`);
    const states = await frontend.states("told");
    assert.ok((states["LISTEN"] ?? 0) >= 2, JSON.stringify(states));
  },
);

test("with the intervals as shipped, values come as well", options, async (t) => {
  const tookS = (await frontend.firstValueAt("as-shipped")) - shippedAtMs / 1_000;
  t.diagnostic(`${tookS.toFixed(0)} s, the server told to read its configuration at once`);
});

test("what our port counted is what was asked", options, (t) => {
  const { answered, ...rest } = port.counters;
  assert.ok(answered > 100);
  assert.deepEqual(rest, { forbidden: 0, dropped: 0, malformed: 0, unfinished: 0 });
  t.diagnostic(`${answered} connections answered`);
});
