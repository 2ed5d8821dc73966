import assert from "node:assert/strict";
import test from "node:test";
import { connectionStates } from "../../model/connection-counts.ts";
import { columns, SocketTally } from "./socket-tally.ts";

const [listen, established, timeWait] = ["LISTEN", "ESTABLISHED", "TIME-WAIT"].map((state) =>
  connectionStates.findIndex((known) => known === state),
) as [number, number, number];
/** Four bytes as the word that they are in memory. */
const word = (...bytes: readonly number[]): number => new Uint32Array(Uint8Array.from(bytes).buffer)[0] ?? 0;

function small(): SocketTally {
  const tally = new SocketTally(1);
  tally.addWithoutPeer(listen, 80);
  for (const last of [1, 1, 2]) tally.addV4(established, 80, word(192, 0, 2, last));
  tally.addV4(timeWait, 40_000, word(198, 51, 100, 7));
  tally.add(established, 80, word(0x20, 1, 0xd, 0xb8), word(0, 1, 0, 2), 0, word(0, 0, 0, 9));
  tally.addWithoutPeer(columns.udpWithoutPeer, 53);
  tally.addV4(columns.udpWithPeer, 53, word(192, 0, 2, 1));
  return tally;
}

test("each socket is counted once by state, port, remote and prefix", () => {
  const tally = small();
  const counts = tally.counts();
  assert.deepEqual(
    connectionStates.map((state) => counts[state]),
    [1, 0, 0, 4, 0, 0, 0, 0, 0, 1, 0],
  );
  assert.deepEqual(tally.udp(), { withPeer: 1, withoutPeer: 1 });
  assert.equal(tally.sockets(), 8);
  const ports = tally.topPorts(10);
  assert.deepEqual(
    ports.rows.map(({ transport, port, sockets, udp }) => [transport, port, sockets, udp]),
    [
      ["tcp", 80, 5, 0],
      ["udp", 53, 2, 2],
      ["tcp", 40_000, 1, 0],
    ],
  );
  assert.deepEqual(
    tally.topRemotes(10).rows.map(({ remote, sockets, udp }) => [remote, sockets, udp]),
    [
      ["192.0.2.1", 3, 1],
      ["192.0.2.2", 1, 0],
      ["198.51.100.7", 1, 0],
      ["2001:db8:1:2::9", 1, 0],
    ],
  );
  assert.deepEqual(
    tally.topPrefixes(10).rows.map(({ remote, sockets }) => [remote, sockets]),
    [
      ["192.0.2.0/24", 4],
      ["198.51.100.0/24", 1],
      ["2001:db8:1:2::/64", 1],
    ],
  );
});

test("what is not listed is told as others, and sums are exact", () => {
  const { rows, others } = small().topRemotes(1);
  assert.deepEqual(
    rows.map(({ remote }) => remote),
    ["192.0.2.1"],
  );
  assert.deepEqual(others, { rows: 3, sockets: 3 });
  assert.deepEqual(small().topPorts(1).others, { rows: 2, sockets: 3 });
});

test("ports that only begin connections can be left to the others", () => {
  const { rows, others } = small().topPorts(10, true);
  assert.deepEqual(
    rows.map(({ port }) => port),
    [80, 53],
  );
  assert.deepEqual(others, { rows: 1, sockets: 1 });
});

test("remotes beyond the bound are counted together, and their prefixes still by name", () => {
  const tally = new SocketTally(1, 2);
  for (const first of [1, 2, 3, 4]) tally.addV4(established, 80, word(10, 0, first, 1));
  tally.addV4(established, 80, word(10, 0, 1, 2));
  const remotes = tally.topRemotes(10);
  assert.equal(remotes.rows.length, 2);
  assert.deepEqual(remotes.others, { rows: null, sockets: 3 });
  const prefixes = tally.topPrefixes(10);
  assert.deepEqual(
    prefixes.rows.map(({ remote, sockets }) => [remote, sockets]),
    [
      ["10.0.1.0/24", 2],
      ["10.0.2.0/24", 1],
      ["10.0.3.0/24", 1],
      ["10.0.4.0/24", 1],
    ],
  );
  assert.equal(prefixes.others.sockets, 0);
});

test("cleared, nothing is left", () => {
  const tally = small();
  tally.clear();
  assert.equal(tally.sockets(), 0);
  assert.deepEqual(tally.topPorts(5), { rows: [], others: { rows: 0, sockets: 0 } });
  assert.deepEqual(tally.topRemotes(5), { rows: [], others: { rows: 0, sockets: 0 } });
});
