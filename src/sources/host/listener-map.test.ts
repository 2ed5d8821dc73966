import assert from "node:assert/strict";
import test from "node:test";
import { endpointKey } from "../../model/endpoint.ts";
import type { Process } from "../../model/process.ts";
import { ListenerMap } from "./listener-map.ts";
import type { OwnerView } from "./listener-map.ts";
import type { KnownProcess } from "./process-table.ts";
import type { ListeningSocket } from "./socket-table.ts";

function socketAt(port: number, inode: number): ListeningSocket {
  const endpoint = {
    transport: "tcp",
    address: "::",
    port,
    interface: null,
    networkNamespace: null,
  } as const;
  return { ...endpoint, key: endpointKey(endpoint), scope: "all", inode, uid: 0 };
}

function holder(pid: number, parentPid: number, user = "0"): KnownProcess {
  const process: Process = {
    pid,
    parentPid,
    name: "p",
    executablePath: null,
    commandLine: null,
    startTimeMs: null,
    user,
    unit: null,
    containerId: null,
  };
  return { pid, facts: { process, executable: null, commandLine: null } } as unknown as KnownProcess;
}

const view = (
  holders: Readonly<Record<number, KnownProcess[]>>,
  obstacle: OwnerView["obstacle"] = null,
): OwnerView => ({
  holdersOf: (inode) => holders[inode] ?? [],
  obstacle,
  userOf: String,
});

test("sockets of one endpoint become one listener, led by whose parent holds none", () => {
  const map = new ListenerMap();
  map.add(socketAt(80, 1));
  map.add(socketAt(80, 2));
  const { changed } = map.settle(view({ 1: [holder(9, 7), holder(7, 1)], 2: [holder(8, 7)] }));
  assert.equal(changed.length, 1);
  assert.equal(changed[0]?.sockets, 2);
  assert.deepEqual(
    changed[0]?.processes.map(({ pid }) => pid),
    [7, 8, 9],
  );
  assert.deepEqual(changed[0]?.leaders, [7]);
  assert.equal(changed[0]?.ownerUnknown, null);
});

test("what was touched and comes out the same keeps its object and is no change", () => {
  const map = new ListenerMap();
  map.add(socketAt(80, 1));
  map.settle(view({ 1: [holder(7, 1)] }));
  const [before] = map.listeners();
  map.touch(1);
  assert.deepEqual(map.settle(view({ 1: [holder(7, 1)] })), { changed: [], gone: [] });
  assert.equal(map.listeners()[0], before);
});

test("an endpoint is gone with its last socket", () => {
  const map = new ListenerMap();
  const [first, second] = [socketAt(80, 1), socketAt(80, 2)];
  map.add(first);
  map.add(second);
  map.settle(view({}));
  map.remove(first);
  assert.equal(map.settle(view({})).changed[0]?.sockets, 1);
  map.remove(second);
  assert.deepEqual(map.settle(view({})).gone, ["tcp/[::]:80"]);
});

test("an endpoint that came and went between two looks is never spoken of", () => {
  const map = new ListenerMap();
  const socket = socketAt(80, 1);
  map.add(socket);
  map.remove(socket);
  assert.deepEqual(map.settle(view({})), { changed: [], gone: [] });
});

test("why an owner is unknown depends on whether everybody could be asked", () => {
  const reason = (holders: KnownProcess[], obstacle: OwnerView["obstacle"]): string | null | undefined => {
    const map = new ListenerMap();
    map.add(socketAt(80, 1));
    return map.settle(view({ 1: holders }, obstacle)).changed[0]?.ownerUnknown;
  };
  const outside = "owner unknown: held by the kernel or by a process outside this PID namespace";
  assert.equal(reason([], "rights"), "owner unknown: needs root or CAP_SYS_PTRACE");
  assert.equal(reason([], null), outside);
  assert.match(reason([], "refusal") ?? "", /^owner unknown: .*even with all rights$/);
  assert.match(reason([holder(7, 1, "33")], "rights") ?? "", /more owners may exist: needs root/);
  assert.match(reason([holder(7, 1, "33")], "refusal") ?? "", /more owners may exist: .*all rights/);
  assert.equal(reason([holder(7, 1, "0")], "rights"), null);
});

test("more holders than a batch carries are cut, leaders kept", () => {
  const map = new ListenerMap();
  map.add(socketAt(80, 1));
  const workers = Array.from({ length: 1500 }, (_, index) => holder(index + 10, 5000));
  const [listener] = map.settle(view({ 1: [...workers, holder(5000, 1)] })).changed;
  assert.equal(listener?.processes.length, 1000);
  assert.deepEqual(listener?.leaders, [5000]);
  assert.match(listener?.ownerUnknown ?? "", /501 more processes/);
});

test("more endpoints than a batch carries are left out until there is room, and the transport is named", () => {
  const map = new ListenerMap();
  const sockets = Array.from({ length: 20_001 }, (_, index) => socketAt(index, index + 1));
  for (const socket of sockets) map.add(socket);
  map.settle(view({}));
  assert.equal(map.listeners().length, 20_000);
  assert.deepEqual([...map.overflow], ["tcp"]);
  map.remove(sockets[0] as ListeningSocket);
  map.settle(view({}));
  assert.equal(map.overflow.size, 0);
  map.settle(view({}));
  assert.equal(map.listeners().length, 20_000);
});
