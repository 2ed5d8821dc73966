import assert from "node:assert/strict";
import test from "node:test";
import {
  emptyDiagSocket,
  families,
  inetDiagRequest,
  isWholeSocket,
  readInetDiag,
  states,
  tcpDiagRequest,
} from "./inet-diag.ts";
import { readLink } from "./interface-names.ts";
import { readDatagram } from "./datagram.ts";

/** struct inet_diag_msg as the kernel lays it out. */
function message(family: number, address: readonly number[], attributes: readonly number[] = []): Buffer {
  const bytes = Buffer.alloc(72 + attributes.length);
  bytes[0] = family;
  bytes[1] = 10;
  bytes.writeUInt16BE(8443, 4);
  bytes.set(address, 8);
  bytes.writeUInt32LE(3, 40);
  bytes.writeUInt32LE(0xfffffffe, 44);
  bytes.writeUInt32LE(1, 48);
  bytes.writeUInt32LE(33, 64);
  bytes.writeUInt32LE(4_000_000_000, 68);
  bytes.set(attributes, 72);
  return bytes;
}

test("a message is read field by field", () => {
  const socket = emptyDiagSocket();
  const bytes = message(families.inet, [127, 0, 0, 1]);
  assert.ok(readInetDiag(bytes, 0, bytes.length, socket));
  assert.deepEqual([...socket.address], [127, 0, 0, 1]);
  assert.equal(socket.port, 8443);
  assert.equal(socket.state, 10);
  assert.equal(socket.interfaceIndex, 3);
  assert.equal(socket.cookie, 0x1_ffff_fffe);
  assert.equal(socket.uid, 33);
  assert.equal(socket.inode, 4_000_000_000);
  assert.equal(socket.v6Only, null);
});

test("the attribute for IPv6 only is found behind others", () => {
  const socket = emptyDiagSocket();
  const tos = [5, 0, 5, 0, 7, 0, 0, 0];
  const bytes = message(families.inet6, Array(16).fill(0), [...tos, 5, 0, 11, 0, 1, 0, 0, 0]);
  assert.ok(readInetDiag(bytes, 0, bytes.length, socket));
  assert.equal(socket.address.length, 16);
  assert.equal(socket.v6Only, true);
});

test("a short message, an unknown family and bounds outside the bytes are refused", () => {
  const socket = emptyDiagSocket();
  const bytes = message(families.inet, [127, 0, 0, 1]);
  assert.equal(readInetDiag(bytes, 0, 71, socket), false);
  assert.equal(readInetDiag(bytes, 0, 73, socket), false);
  assert.equal(readInetDiag(bytes, -1, 72, socket), false);
  assert.equal(readInetDiag(message(7, []), 0, 72, socket), false);
});

test("a request names family, protocol and states", () => {
  const request = inetDiagRequest(families.inet, 6, states.listen);
  assert.equal(request.length, 56);
  assert.deepEqual([...request.subarray(0, 8)], [2, 6, 0, 0, 0, 4, 0, 0]);
});

test("a request of the first version names states alone", () => {
  const request = tcpDiagRequest(states.listen);
  assert.equal(request.length, 60);
  assert.equal(request.readUInt32LE(52), states.listen);
  assert.ok(request.every((byte, at) => byte === 0 || at === 53));
});

test("a socket tells its peer and its queues", () => {
  const bytes = message(families.inet, [127, 0, 0, 1]);
  bytes.set([192, 0, 2, 7], 24);
  bytes.writeUInt32LE(3, 56);
  bytes.writeUInt32LE(128, 60);
  const socket = emptyDiagSocket();
  assert.ok(readInetDiag(bytes, 0, bytes.length, socket));
  assert.deepEqual([...socket.remoteAddress], [192, 0, 2, 7]);
  assert.deepEqual([socket.receiveQueue, socket.sendQueue], [3, 128]);
});

test("only what tells which direction is shut down is a socket, not a note of one", () => {
  const [tos, shutdown] = [
    [5, 0, 5, 0, 7, 0, 0, 0],
    [5, 0, 8, 0, 0, 0, 0, 0],
  ];
  const whole = (...attributes: readonly number[]): boolean => {
    const bytes = message(families.inet, [127, 0, 0, 1], attributes);
    return isWholeSocket(bytes, 0, bytes.length);
  };
  assert.equal(whole(), false);
  assert.equal(whole(...(tos ?? [])), false);
  assert.equal(whole(...(tos ?? []), ...(shutdown ?? [])), true);
  assert.equal(whole(5, 0, 8), false);
});

function netlink(type: number, flags: number, sequence: number, payload: readonly number[]): Buffer {
  const bytes = Buffer.alloc(16 + payload.length);
  bytes.writeUInt32LE(bytes.length, 0);
  bytes.writeUInt16LE(type, 4);
  bytes.writeUInt16LE(flags, 6);
  bytes.writeUInt32LE(sequence, 8);
  bytes.set(payload, 16);
  return bytes;
}

test("a datagram gives its messages, its end, its error and whether it was disturbed", () => {
  const seen: number[] = [];
  const read = (bytes: Buffer) => readDatagram(bytes, bytes.length, 7, (type) => void seen.push(type));
  const one = netlink(20, 2, 7, [1, 2, 3, 4]);
  assert.deepEqual(read(Buffer.concat([one, one])), { done: false, error: 0, interrupted: false });
  assert.deepEqual(read(netlink(3, 0x12, 7, [0, 0, 0, 0])), { done: true, error: 0, interrupted: true });
  assert.deepEqual(read(netlink(2, 0, 7, [0xfe, 0xff, 0xff, 0xff])), {
    done: true,
    error: 2,
    interrupted: false,
  });
  assert.deepEqual(seen, [20, 20]);
});

test("answers to another request are passed over", () => {
  const bytes = netlink(3, 0, 6, [0, 0, 0, 0]);
  assert.equal(readDatagram(bytes, bytes.length, 7, () => assert.fail("not ours")).done, false);
});

test("a device's name is read, and one that is no plain text is not", () => {
  const link = (name: string): Buffer =>
    Buffer.concat([
      Buffer.from([0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 3, 0]),
      Buffer.from(name),
    ]);
  assert.deepEqual(readLink(link("eth0\0"), 0, 25), { index: 5, name: "eth0" });
  assert.equal(readLink(link("e\u001b[0\0"), 0, 25), undefined);
  assert.equal(readLink(link("eth0\0"), 0, 22), undefined);
});
