import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { checksumOf, sumWords } from "./checksum.ts";
import { answerKinds, emptyAnswer, readAnswer } from "./probe-answer.ts";
import { synTemplate, writeSyn4, writeSyn6, type SynTemplate } from "./syn-frame.ts";

const ethernet = { source: Uint8Array.of(2, 0, 0, 0, 0, 1), destination: Uint8Array.of(2, 0, 0, 0, 0, 2) };
const ofIpv4 = { source: Uint8Array.of(198, 18, 0, 1), ethernet };
const ofIpv6 = {
  source: Uint8Array.of(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
  ethernet: null,
};
const address = (first: number): DataView => {
  const view = new DataView(new ArrayBuffer(16));
  view.setUint32(0, 0x2001_0db8);
  view.setUint32(12, first);
  return view;
};

/** Sum over pseudo-header and segment: 0xffff folded where the checksum is right. */
function segmentSum({ family, tcpAt, ipAt }: SynTemplate, view: DataView): number {
  const from = family === 4 ? ipAt + 12 : ipAt + 8;
  const length = view.byteLength - tcpAt;
  return (
    sumWords(view, from, ipAt + (family === 4 ? 20 : 40)) +
    6 +
    length +
    sumWords(view, tcpAt, view.byteLength)
  );
}

test("a probe is the SYN of RFC 9293 with an MSS of 1460, byte for byte", () => {
  const template = synTemplate(ofIpv4);
  const view = new DataView(template.bytes.buffer);
  writeSyn4(view, 0, template, 0xc612_0002, 61_000, 443, 0x0102_0304);
  assert.equal(
    Buffer.from(template.bytes).toString("hex"),
    "0200000000020200000000010800" +
      "4500002c000040004006aea4c6120001c6120002" +
      "ee4801bb010203040000000060020400" +
      "13f50000020405b4",
  );
});

test("no bytes make the reader throw or read beyond them", () => {
  const template = synTemplate(ofIpv4);
  writeSyn4(viewOf(template.bytes), 0, template, 0xc612_0002, 61_000, 443, 5);
  const seeds = [answerTo(template.bytes, 0x12, 14, 34), answerTo(template.bytes, 0x14, 14, 34)];
  const frame = new Uint8Array(96);
  const view = viewOf(frame);
  const answer = emptyAnswer();
  let state = 1;
  const random = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0);
  let understood = 0;
  for (let round = 0; round < 1_000_000; round += 1) {
    const seed = seeds[round & 1] ?? frame;
    frame.set(seed);
    for (let change = random() >>> 29; change >= 0; change -= 1) {
      frame[(random() >>> 8) % frame.length] = random() >>> 24;
    }
    const end = (random() >>> 8) % (frame.length + 1);
    if (!readAnswer(view, 0, end, (round & 2) === 0, answer)) continue;
    understood += 1;
    assert.ok(answer.port <= 0xffff && answer.sequence >= 0 && answer.targetAt + 16 <= frame.length);
  }
  assert.ok(understood > 100_000, `${understood}`);
});

test("both checksums of any probe are right", () => {
  const word = fc.integer({ min: 0, max: 0xffff_ffff });
  const port = fc.integer({ min: 0, max: 0xffff });
  fc.assert(
    fc.property(word, port, port, word, (destination, from, to, sequence) => {
      const four = synTemplate(ofIpv4);
      const view = new DataView(four.bytes.buffer);
      writeSyn4(view, 0, four, destination, from, to, sequence);
      assert.equal(checksumOf(sumWords(view, 14, 34)), 0);
      assert.equal(checksumOf(segmentSum(four, view)), 0);
      const six = synTemplate(ofIpv6);
      const view6 = new DataView(six.bytes.buffer);
      writeSyn6(view6, 0, six, address(destination), 0, from, to, sequence);
      assert.equal(checksumOf(segmentSum(six, view6)), 0);
    }),
  );
});

/** The segment that a stack sends back, as RFC 9293 §3.5.2 has it. */
function answerTo(probe: Uint8Array, control: number, ipAt: number, tcpAt: number): Uint8Array {
  const bytes = Uint8Array.from(probe);
  const view = new DataView(bytes.buffer);
  const width = tcpAt - ipAt === 20 ? 4 : 16;
  const sourceAt = width === 4 ? ipAt + 12 : ipAt + 8;
  bytes.set(probe.subarray(sourceAt + width, sourceAt + 2 * width), sourceAt);
  bytes.set(probe.subarray(sourceAt, sourceAt + width), sourceAt + width);
  view.setUint16(tcpAt, new DataView(probe.buffer).getUint16(tcpAt + 2));
  view.setUint16(tcpAt + 2, new DataView(probe.buffer).getUint16(tcpAt));
  view.setUint32(tcpAt + 8, new DataView(probe.buffer).getUint32(tcpAt + 4) + 1);
  view.setUint8(tcpAt + 13, control);
  return bytes;
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

test("SYN-ACK and RST give back address, ports and sequence number of the probe", () => {
  const template = synTemplate(ofIpv4);
  writeSyn4(viewOf(template.bytes), 0, template, 0xc612_0002, 61_000, 443, 0xffff_ffff);
  const answer = emptyAnswer();
  for (const [control, kind] of [
    [0x12, answerKinds.synAck],
    [0x14, answerKinds.rst],
  ] as const) {
    const frame = answerTo(template.bytes, control, 14, 34);
    assert.ok(readAnswer(viewOf(frame), 0, frame.length, true, answer));
    const { target, port, probePort, sequence } = answer;
    assert.deepEqual(
      [answer.kind, target, port, probePort, sequence],
      [kind, 0xc612_0002, 443, 61_000, 0xffff_ffff],
    );
  }
  const bare = answerTo(template.bytes, 0x04, 14, 34);
  assert.ok(
    !readAnswer(viewOf(bare), 0, bare.length, true, answer),
    "a RST that acknowledges nothing proves nothing",
  );
});

test("behind VLAN tags and over IPv6 it is the same", () => {
  const template = synTemplate(ofIpv6);
  writeSyn6(viewOf(template.bytes), 0, template, address(7), 0, 61_001, 22, 9);
  const frame = answerTo(template.bytes, 0x12, 0, 40);
  const answer = emptyAnswer();
  assert.ok(readAnswer(viewOf(frame), 0, frame.length, false, answer));
  assert.deepEqual([answer.family, answer.port, answer.sequence], [6, 22, 9]);
  assert.equal(viewOf(frame).getUint32(answer.targetAt + 12), 7);
  const tagged = Buffer.concat([Buffer.alloc(12), Buffer.from("8100000186dd", "hex"), frame]);
  assert.ok(readAnswer(viewOf(tagged), 0, tagged.length, true, answer));
  assert.equal(answer.port, 22);
});

test("an ICMP error gives back the probe that it quotes, also when cut behind 8 bytes", () => {
  const template = synTemplate({ ...ofIpv4, ethernet: null });
  writeSyn4(viewOf(template.bytes), 0, template, 0xc612_0002, 61_000, 443, 77);
  const quote = template.bytes.subarray(0, 28);
  const error = Buffer.concat([
    Buffer.from("4500003800000000400100000a000001c6120001", "hex"),
    Buffer.from("030d000000000000", "hex"),
    quote,
  ]);
  const answer = emptyAnswer();
  assert.ok(readAnswer(viewOf(error), 0, error.length, false, answer));
  assert.equal(answer.kind, answerKinds.unreachable);
  assert.deepEqual(
    [answer.icmpType, answer.icmpCode, answer.target, answer.port, answer.sequence, answer.fromTarget],
    [3, 13, 0xc612_0002, 443, 77, false],
  );
  assert.ok(!readAnswer(viewOf(error), 0, error.length - 1, false, answer));
});
