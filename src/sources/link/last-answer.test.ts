import assert from "node:assert/strict";
import test from "node:test";
import { netlinkHeaderBytes } from "./datagram.ts";
import { LastAnswer, unchanged } from "./last-answer.ts";
import { errno } from "./libc.ts";

const sequence = 7;
const doneType = 3;
const messageType = 20;

function message(type: number, value: number, flags = 0): Buffer {
  const bytes = Buffer.alloc(netlinkHeaderBytes + 4);
  bytes.writeUInt32LE(bytes.length, 0);
  bytes.writeUInt16LE(type, 4);
  bytes.writeUInt16LE(flags, 6);
  bytes.writeUInt32LE(sequence, 8);
  bytes.writeInt32LE(value, netlinkHeaderBytes);
  return bytes;
}

const done = message(doneType, 0);
const of = (...values: readonly number[]): Buffer =>
  Buffer.concat(values.map((value) => message(messageType, value)));

/** Reads one answer given as datagrams; what came out and what was visited. */
function read(last: LastAnswer, datagrams: readonly (Buffer | number)[]) {
  const left = [...datagrams];
  const visited: number[] = [];
  const outcome = last.read(
    sequence,
    Buffer.alloc(1024),
    (into) => {
      const next = left.shift() ?? -errno.tryAgain;
      if (typeof next === "number") return next;
      return next.copy(into);
    },
    (_type, bytes, start) => visited.push(bytes.readInt32LE(start)),
  );
  assert.deepEqual(left, [], "an answer is read to its end");
  return { outcome, visited };
}

test("the same answer is visited once, and said to be unchanged from then on", () => {
  const last = new LastAnswer();
  assert.deepEqual(read(last, [of(1, 2), of(3), done]), { outcome: 0, visited: [1, 2, 3] });
  for (let again = 0; again < 3; again++) {
    assert.deepEqual(read(last, [of(1, 2), of(3), done]), { outcome: unchanged, visited: [] });
  }
});

test("an answer that differs anywhere is visited whole, once and in order, and is then the one to compare with", () => {
  const before = [of(1, 2), of(3), done];
  const changes = [
    [of(1, 9), of(3), done],
    [of(1, 2), of(9), done],
    [of(1, 2), of(3, 4), done],
    [of(1, 2), done],
    [of(1, 2), of(3), of(4), done],
    [of(1, 2), of(3), Buffer.concat([of(4), done])],
    [done],
  ];
  for (const changed of changes) {
    const last = new LastAnswer();
    read(last, before);
    const expected = read(new LastAnswer(), changed);
    assert.deepEqual(read(last, changed), expected);
    assert.deepEqual(read(last, changed), { outcome: unchanged, visited: [] });
    assert.deepEqual(read(last, before), { outcome: 0, visited: [1, 2, 3] });
  }
});

test("an answer that was disturbed, refused or cut off is no whole one", () => {
  const disturbed = message(messageType, 1, 0x10);
  assert.equal(read(new LastAnswer(), [disturbed, done]).outcome, errno.interrupted);
  assert.equal(read(new LastAnswer(), [of(1), message(doneType, -errno.accessDenied)]).outcome, 13);
  assert.equal(read(new LastAnswer(), [of(1), -errno.noBuffers]).outcome, errno.noBuffers);
  const last = new LastAnswer();
  read(last, [of(1), of(2), done]);
  assert.deepEqual(read(last, [of(1), -errno.interrupted, of(2), done]), { outcome: unchanged, visited: [] });
  assert.equal(read(last, [of(1), -errno.noBuffers]).outcome, errno.noBuffers);
  last.forget();
  assert.deepEqual(read(last, [of(1), of(2), done]).visited, [1, 2]);
});

test("who keeps nothing is told everything every time", () => {
  const last = new LastAnswer(false);
  for (let again = 0; again < 3; again++) {
    assert.deepEqual(read(last, [of(1, 2), of(3), done]), { outcome: 0, visited: [1, 2, 3] });
    assert.ok(last.isEmpty);
  }
});
