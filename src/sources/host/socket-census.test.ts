import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import test from "node:test";
import { parseSavedOutput } from "./saved-output.ts";
import { censusOfRows, openCensusTaker } from "./socket-census.ts";
import { openHolderSearch } from "./socket-holders.ts";
import { listSockets } from "./socket-list.ts";

const everything = { states: null, udp: true, ports: null } as const;

for (const ffi of [true, false]) {
  const way = ffi ? "by netlink" : "by /proc";
  test(`a connection of ours is counted at its port and its remote, ${way}`, async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const client = connect(port, "127.0.0.1");
    const [accepted] = (await once(server, "connection")) as [{ destroy(): void }];
    const ports = [{ first: port, last: port }];
    const taker = await openCensusTaker(1, { ffi });
    const { tally, limits } = taker.take({ ...everything, ports });
    const { counts, sockets } = tally.topPorts(1).rows[0] ?? {};
    assert.equal(sockets, 2);
    assert.equal(counts?.LISTEN, 1);
    assert.equal(counts.ESTABLISHED, 1);
    assert.equal(tally.topRemotes(1).rows[0]?.remote, "127.0.0.1");
    assert.equal(limits.length > 0, !ffi);
    const listening = taker.take({ states: new Set(["LISTEN"]), udp: false, ports });
    assert.equal(listening.tally.sockets(), 1);
    taker.close();

    const { rows } = await listSockets({ ...everything, ports }, { ffi });
    assert.deepEqual(rows.map(({ state }) => state).sort(), ["ESTABLISHED", "LISTEN"]);
    const find = await openHolderSearch({ ffi });
    const { holders } = find(rows.map(({ inode }) => inode ?? 0));
    for (const { inode } of rows) assert.equal(holders.get(inode ?? 0)?.pid, process.pid);
    client.destroy();
    accepted.destroy();
    server.close();
  });
}

test("saved output is counted like the machine: mapped remotes as IPv4, IPv6 whole", () => {
  const { rows } =
    parseSavedOutput(`State      Recv-Q Send-Q        Local Address:Port          Peer Address:Port Process
LISTEN     3      128                        *:443                            *:*
ESTAB      0      0         [::ffff:192.0.2.9]:443         [::ffff:192.0.2.1]:50000
SYN-RECV   0      0                 192.0.2.9:443                  192.0.2.1:50001
TIME-WAIT  0      0        [2001:db8::9]:443              [2001:db8:0:1::77]:50002
`);
  const tally = censusOfRows(rows, everything, 1);
  assert.deepEqual(
    tally.topRemotes(5).rows.map(({ remote, sockets }) => [remote, sockets]),
    [
      ["192.0.2.1", 2],
      ["2001:db8:0:1::77", 1],
    ],
  );
  assert.deepEqual(rows[0]?.receiveQueue, 3);
  assert.deepEqual(rows[0]?.sendQueue, 128);
  const closed = censusOfRows(rows, { ...everything, states: new Set(["TIME-WAIT"]) }, 1);
  assert.equal(closed.sockets(), 1);
});
