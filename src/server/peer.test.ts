import assert from "node:assert/strict";
import test from "node:test";
import { peerOf } from "./peer.ts";

test("an IPv6 customer cannot multiply by the addresses of one /64", () => {
  assert.equal(peerOf("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  assert.equal(peerOf("2001:db8:1:2::9"), "2001:db8:1:2::/64");
  assert.equal(peerOf("2001:0db8:0001:0002::"), "2001:db8:1:2::/64");
  assert.equal(peerOf("::1"), "0:0:0:0::/64");
  assert.equal(peerOf("fe80::1%eth0"), "fe80:0:0:0::/64");
});

test("an IPv4 address is itself, also in its IPv6 dress", () => {
  assert.equal(peerOf("192.0.2.7"), "192.0.2.7");
  assert.equal(peerOf("::ffff:192.0.2.7"), "192.0.2.7");
});
