import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { emptyMessage, readError, readName } from "./socket-message.ts";

const view = (hex: string): DataView => {
  const bytes = Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));
  return new DataView(bytes.buffer);
};
/** 198.19.0.5, port 161. */
const name4 = view("0200 00a1 c6130005 0000000000000000");
const name6 = view("0a00 00a1 00000000 20010db8001900000000000000000005 00000000");
const error = (origin: string, type: string, code: string, offender: string): DataView =>
  view(
    `3000000000000000 00000000 0b000000 6f000000 ${origin} ${type} ${code} 00 00000000 00000000 ${offender}`,
  );

test("an answer says who sent it, over IPv4 and IPv6", () => {
  const message = emptyMessage();
  assert.ok(readName(name4, 16, message));
  assert.deepEqual(
    [message.family, message.address, message.port, message.icmpType],
    [4, 0xc613_0005, 161, -1],
  );
  assert.ok(readName(name6, 28, message));
  assert.deepEqual([message.family, message.addressAt, message.port], [6, 8, 161]);
});

test("an ICMP error says its code, and whether the asked address itself complains", () => {
  const message = emptyMessage();
  const own = error("02", "03", "03", "0200 0000 c6130005 0000000000000000");
  assert.ok(readError(name4, 16, own, own.byteLength, message));
  assert.deepEqual([message.icmpType, message.icmpCode, message.fromTarget], [3, 3, true]);
  const router = error("02", "03", "0d", "0200 0000 c6120001 0000000000000000");
  assert.ok(readError(name4, 16, router, router.byteLength, message));
  assert.deepEqual([message.icmpType, message.icmpCode, message.fromTarget], [3, 13, false]);
});

test("an error of the machine's own making is no answer", () => {
  const local = error("01", "00", "00", "0200 0000 c6130005 0000000000000000");
  assert.equal(readError(name4, 16, local, local.byteLength, emptyMessage()), false);
});

test("hostile bytes never throw", () => {
  const bytes = fc.uint8Array({ maxLength: 80 });
  const length = fc.integer({ min: 0, max: 4_096 });
  fc.assert(
    fc.property(
      bytes,
      length,
      bytes,
      length,
      fc.boolean(),
      (name, nameLength, control, controlLength, real) => {
        const names = real ? name4 : new DataView(name.buffer, name.byteOffset, name.length);
        const controls = new DataView(control.buffer, control.byteOffset, control.length);
        if (real && control.length >= 16) {
          controls.setBigUint64(0, BigInt(controlLength), true);
          controls.setInt32(8, 0, true);
          controls.setInt32(12, 11, true);
        }
        const message = emptyMessage();
        readName(names, nameLength, message);
        readError(names, nameLength, controls, controlLength, message);
      },
    ),
    { numRuns: 100_000 },
  );
});
