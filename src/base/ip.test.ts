import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import {
  addressBytes,
  addressFromBytes,
  canonicalAddress,
  compareAddresses,
  isCanonicalAddress,
} from "./ip.ts";

for (const [text, canonical] of [
  ["192.0.2.1", "192.0.2.1"],
  ["2001:DB8::1", "2001:db8::1"],
  ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
  ["2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"],
  ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
  ["::", "::"],
  ["::ffff:192.0.2.1", "::ffff:192.0.2.1"],
  ["::ffff:c000:201", "::ffff:192.0.2.1"],
  ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
] as const) {
  test(`${text} is spelled ${canonical}`, () => {
    assert.equal(canonicalAddress(text), canonical);
    assert.ok(isCanonicalAddress(canonical));
    assert.equal(isCanonicalAddress(text), text === canonical);
  });
}

for (const text of [
  "",
  "1.2.3",
  "01.2.3.4",
  "0x7f.0.0.1",
  "2130706433",
  "1.2.3.4\n",
  " 1.2.3.4",
  "256.0.0.1",
  "fe80::1%eth0",
  "::1/128",
  "[::1]",
  ":::",
  "1:2:3:4:5:6:7",
  "::ffff:1.2.3.04",
  "::1\u0000",
  "१.२.३.४",
  "1".repeat(10_000),
]) {
  test(`${JSON.stringify(text.slice(0, 20))} is no address`, () => {
    assert.equal(canonicalAddress(text), undefined);
    assert.equal(addressBytes(text), undefined);
  });
}

test("bytes and text are inverse; IPv4 stands as IPv4-mapped", () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
      const canonical = canonicalAddress(text);
      if (canonical === undefined) return;
      const bytes = addressBytes(canonical);
      assert.ok(bytes);
      assert.equal(addressFromBytes(bytes), canonical.replace(/^::ffff:(?=\d+\.)/, ""));
      assert.equal(canonicalAddress(canonical), canonical);
    }),
  );
});

test("16 random bytes have one spelling", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      const text = addressFromBytes(bytes);
      assert.ok(isCanonicalAddress(text), text);
      assert.deepEqual(addressBytes(text), bytes);
    }),
  );
});

test("addresses are ordered by number, not by spelling", () => {
  const sorted = [
    "10.0.0.2",
    "9.255.0.1",
    "2001:db8::10",
    "2001:db8::9",
    "10.0.0.10",
    "::1",
    "nonsense",
  ].sort(compareAddresses);
  assert.deepEqual(sorted, [
    "::1",
    "9.255.0.1",
    "10.0.0.2",
    "10.0.0.10",
    "2001:db8::9",
    "2001:db8::10",
    "nonsense",
  ]);
});
