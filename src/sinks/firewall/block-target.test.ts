import assert from "node:assert/strict";
import test from "node:test";
import { targetOf } from "./block-target.ts";

const told = (text: string): string => {
  const target = targetOf(text);
  return "code" in target ? target.code : target.text;
};

test("an address and a prefix become one canonical text", () => {
  assert.equal(told("203.0.113.7"), "203.0.113.7");
  assert.equal(told("203.0.113.7/32"), "203.0.113.7");
  assert.equal(told("203.0.113.0/24"), "203.0.113.0/24");
  assert.equal(told("2001:DB8:0::/64"), "2001:db8::/64");
  assert.equal(told("2001:db8::1/128"), "2001:db8::1");
});

test("IPv4-mapped addresses and prefixes are the IPv4 ones that they mean", () => {
  assert.equal(told("::ffff:203.0.113.7"), "203.0.113.7");
  assert.equal(told("::ffff:cb00:7107"), "203.0.113.7");
  assert.equal(told("::ffff:203.0.113.0/120"), "203.0.113.0/24");
});

test("everything and nearly everything is refused in each spelling", () => {
  for (const text of ["0.0.0.0/0", "::/0", "::ffff:0.0.0.0/96"]) assert.equal(told(text), "everything", text);
  for (const text of ["8.0.0.0/7", "203.0.0.0/15", "2000::/3", "2001::/31"])
    assert.equal(told(text), "too-wide", text);
  assert.deepEqual(targetOf("192.0.0.0/2"), { code: "special-range", range: "224.0.0.0/4" });
});

test("bits behind the prefix are not guessed at: both meanings are offered", () => {
  const refusal = { code: "host-bits", prefix: "203.0.113.0/24", address: "203.0.113.7" };
  assert.deepEqual(targetOf("203.0.113.7/24"), refusal);
});

test("loopback, link-local, multicast and translated addresses are refused", () => {
  for (const text of [
    "127.0.0.1",
    "0.0.0.0",
    "169.254.169.254",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "ff02::1",
    "64:ff9b::1.2.3.4",
    "64:ff9b::/96",
    "::ffff:127.0.0.1",
    "::/32",
    "::/90",
  ]) {
    assert.equal(told(text), "special-range", text);
  }
});

test("what is no address is refused and named so", () => {
  const nothing = ["", " ", "203.0.113", "203.0.113.7 ", "010.0.0.1", "example.com", "fe80::1%eth0"];
  const noPrefix = ["203.0.113.0/", "203.0.113.0/33", "203.0.113.0/-1", "203.0.113.0/024", "2001:db8::/129"];
  for (const text of [...nothing, ...noPrefix, "1.2.3.4;reboot", "$(reboot)", "9".repeat(5_000)]) {
    assert.equal(told(text), "not-an-address", text.slice(0, 40));
  }
});
