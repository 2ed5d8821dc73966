import assert from "node:assert/strict";
import test from "node:test";
import { connectionStates, type ConnectionCounts } from "../../model/connection-counts.ts";
import { listener, listenerOn, process } from "../../../test/support/listener.ts";
import { agentItems, lookKeptMs, restFactor } from "./agent-items.ts";
import { discoveredMax, discoveryOf } from "./port-discovery.ts";

const counts = Object.fromEntries(connectionStates.map((state, index) => [state, index])) as ConnectionCounts;

function rig() {
  const rig = { looks: 0, nowMs: 0, tookMs: 0, failing: false };
  const items = agentItems(
    {
      version: "0.1.0",
      hostname: () => "harbour-1",
      connectionCounts: () => {
        rig.looks += 1;
        rig.nowMs += rig.tookMs;
        return rig.failing ? Promise.reject(new Error("no netlink")) : Promise.resolve(counts);
      },
      listeners: () => Promise.resolve([listenerOn(22), listener({ address: "::", port: 80 }, [])]),
    },
    { nowMs: () => rig.nowMs, monotonicMs: () => rig.nowMs },
  );
  return { rig, items };
}

test("every state is an integer in every spelling, further parameters or not", async () => {
  const { items } = rig();
  for (const [index, state] of connectionStates.entries())
    for (const spelling of [state, state.replaceAll("-", "_"), state.toLowerCase(), `${state} `])
      for (const more of [[], ["extra"], ["", ""]])
        assert.deepEqual(await items("tcp.status", [spelling, ...more]), { value: String(index) }, spelling);
});

test("what is no state or no item is not supported, and said so", async () => {
  const { items } = rig();
  for (const parameters of [[], [""], ["OPEN"], ["constructor"]]) {
    const answer = await items("tcp.status", parameters);
    assert.ok("unsupported" in answer && answer.unsupported.includes("SYN-RECEIVED"));
  }
  for (const name of ["constructor", "__proto__", "system.run", "tcp.status.count"])
    assert.deepEqual(await items(name, []), { unsupported: "Unsupported item key." });
});

test("the master item holds all states in one JSON", async () => {
  const answer = await rig().items("tcp.status.get", []);
  assert.deepEqual("value" in answer && JSON.parse(answer.value), { counts });
});

test("items of one moment share a look; a look that failed is not kept", async () => {
  const { rig: state, items } = rig();
  await Promise.all(connectionStates.map((name) => items("tcp.status", [name])));
  assert.equal(state.looks, 1);
  state.nowMs = lookKeptMs;
  state.failing = true;
  await assert.rejects(items("tcp.status", ["LISTEN"]), /no netlink/);
  state.failing = false;
  assert.deepEqual(await items("tcp.status", ["LISTEN"]), { value: "0" });
  assert.equal(state.looks, 3);
});

test("a look that takes long is kept for longer", async () => {
  const { rig: state, items } = rig();
  state.tookMs = 300;
  await items("tcp.status.get", []);
  state.nowMs = 300 * restFactor - 1;
  await items("tcp.status.get", []);
  assert.equal(state.looks, 1);
  state.nowMs = 300 * restFactor;
  await items("tcp.status.get", []);
  assert.equal(state.looks, 2);
});

test("an agent says who it is, and whether somebody listens", async () => {
  const { items } = rig();
  assert.deepEqual(await items("agent.ping", []), { value: "1" });
  assert.deepEqual(await items("agent.version", []), { value: "0.1.0" });
  assert.deepEqual(await items("agent.hostname", []), { value: "harbour-1" });
  for (const [endpoint, value] of [
    ["tcp/0.0.0.0:22", "1"],
    ["tcp/[::]:80", "1"],
    ["tcp/[::]:81", "0"],
    ["udp/0.0.0.0:22", "0"],
  ])
    assert.deepEqual(await items("portolan.port.listening", [endpoint ?? ""]), { value });
  assert.ok("unsupported" in (await items("portolan.port.listening", ["22"])));
});

test("a listening port is one row, named by its endpoint", () => {
  const rows: unknown = JSON.parse(
    discoveryOf([
      listener({ port: 8080, address: "::1" }, []),
      listener({ port: 22 }, [process(7, "sshd"), process(8, "sshd")]),
    ]),
  );
  assert.deepEqual(rows, [
    {
      "{#ENDPOINT}": "tcp/0.0.0.0:22",
      "{#PORT}": "22",
      "{#TRANSPORT}": "tcp",
      "{#ADDRESS}": "0.0.0.0",
      "{#SCOPE}": "all",
      "{#PROCESS}": "sshd",
    },
    {
      "{#ENDPOINT}": "tcp/[::1]:8080",
      "{#PORT}": "8080",
      "{#TRANSPORT}": "tcp",
      "{#ADDRESS}": "::1",
      "{#SCOPE}": "loopback",
      "{#PROCESS}": "?",
    },
  ]);
});

test("no process puts a macro into names, and no host more rows than the limit", () => {
  const hostile = process(7, "x", { executablePath: `/tmp/{$SECRET}${"y".repeat(400)}`, commandLine: null });
  const many = Array.from({ length: discoveredMax + 5 }, (_, index) =>
    listener({ port: index + 1 }, [hostile]),
  );
  const rows = JSON.parse(discoveryOf(many)) as Record<string, string>[];
  assert.equal(rows.length, discoveredMax);
  assert.match(rows[0]?.["{#PROCESS}"] ?? "", /^\(\$SECRET\)y{110,120}…$/);
});
