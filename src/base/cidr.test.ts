import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { type Cidr, cidrContains, cidrContainsBytes, cidrOfAddress, parseCidr } from "./cidr.ts";
import { addressBytes, addressFromBytes } from "./ip.ts";

const block = (text: string): Cidr => {
  const parsed = parseCidr(text);
  assert.ok("value" in parsed, text);
  return parsed.value;
};

test("bits behind the prefix are cleared", () => {
  assert.equal(block("10.1.2.3/8").text, "10.0.0.0/8");
  assert.equal(block("2001:DB8:ffff::/33").text, "2001:db8:8000::/33");
  assert.equal(block("::ffff:192.0.2.1/120").text, "::ffff:192.0.2.0/120");
});

for (const [text, at] of [
  ["10.0.0.0", 8],
  ["10.0.0/8", 0],
  ["10.0.0.0/33", 9],
  ["10.0.0.0/08", 9],
  ["10.0.0.0/", 9],
  ["10.0.0.0/8\n", 9],
  ["::/129", 3],
  ["::/-1", 3],
] as const) {
  test(`${JSON.stringify(text)} is no block, and the place is told`, () => {
    const parsed = parseCidr(text);
    assert.ok("problem" in parsed);
    assert.equal(parsed.at, at);
  });
}

test("an IPv4 block holds IPv4-mapped addresses, an IPv6 block holds nothing written as IPv4", () => {
  assert.ok(cidrContains(block("10.0.0.0/8"), "10.255.0.1"));
  assert.ok(cidrContains(block("10.0.0.0/8"), "::ffff:10.1.2.3"));
  assert.ok(!cidrContains(block("10.0.0.0/8"), "11.0.0.1"));
  assert.ok(!cidrContains(block("::/0"), "10.0.0.1"));
  assert.ok(cidrContains(block("::/0"), "2001:db8::1"));
  assert.ok(!cidrContains(block("0.0.0.0/0"), "2001:db8::1"));
  assert.ok(!cidrContains(block("0.0.0.0/0"), "host"));
});

test("an address lies in its block exactly when the bits before the prefix are equal", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      fc.integer({ min: 0, max: 127 }),
      fc.integer({ min: 0, max: 128 }),
      (bytes, flipped, prefix) => {
        // 2000::/3, so that the spelling is always IPv6.
        bytes[0] = 0x20 | ((bytes[0] ?? 0) & 0x1f);
        const parsed = block(`${addressFromBytes(bytes)}/${prefix}`);
        const other = Uint8Array.from(bytes);
        other[flipped >> 3] = (other[flipped >> 3] ?? 0) ^ (0x80 >> (flipped & 7));
        assert.equal(cidrContainsBytes(parsed, other), flipped >= prefix);
        assert.ok(cidrContainsBytes(parsed, bytes));
        assert.ok(parsed.text.endsWith(`/${prefix}`) && block(parsed.text).text === parsed.text);
      },
    ),
  );
});

test("one address is a block of itself", () => {
  const only = cidrOfAddress("192.0.2.1");
  assert.equal(only?.text, "192.0.2.1/32");
  assert.ok(only && cidrContains(only, "192.0.2.1") && !cidrContains(only, "192.0.2.2"));
  assert.equal(cidrOfAddress("host"), undefined);
  assert.deepEqual(cidrOfAddress("::1")?.bytes, addressBytes("::1"));
});
