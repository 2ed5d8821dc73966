import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { checksumOf, sumWords } from "./checksum.ts";
import { echoRequest, isEchoReply } from "./echo.ts";

const token = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

test("a request has the checksum of RFC 1071, and its reply is known by the token", () => {
  const request = echoRequest(4, token);
  const view = new DataView(request.buffer);
  assert.equal(checksumOf(sumWords(view, 0, request.length)), 0);
  assert.equal(isEchoReply(request, 4, false, token), false);
  const reply = Uint8Array.from(request);
  reply[0] = 0;
  assert.ok(isEchoReply(reply, 4, false, token));
  const behindIp = new Uint8Array([0x46, ...Array.from({ length: 23 }, () => 0), ...reply]);
  assert.ok(isEchoReply(behindIp, 4, true, token));
  assert.equal(isEchoReply(reply, 4, false, token.toReversed()), false);
  const reply6 = echoRequest(6, token);
  reply6[0] = 129;
  assert.ok(isEchoReply(reply6, 6, false, token));
});

test("hostile bytes never throw and are no reply", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 60 }),
      fc.boolean(),
      fc.constantFrom(4 as const, 6 as const),
      (bytes, hasIp, family) => !isEchoReply(bytes, family, hasIp, token),
    ),
    { numRuns: 100_000 },
  );
});
