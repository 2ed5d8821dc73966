import assert from "node:assert/strict";
import test from "node:test";
import { isOwnName } from "./origin.ts";

const names = { publicUrl: "https://ports.example.org:8443", hostNames: ["Chart-1.lan"] };

test("the server answers to loopback, to where the connection arrived, and to its configured names", () => {
  for (const host of [
    "localhost",
    "127.0.0.1",
    "127.8.9.1",
    "[::1]",
    "LOCALHOST",
    "ports.example.org",
    "chart-1.lan.",
  ]) {
    assert.equal(isOwnName(host, "198.18.0.1", names), true, host);
  }
  assert.equal(isOwnName("198.18.0.1", "198.18.0.1", names), true);
  assert.equal(isOwnName("198.18.0.1", "::ffff:198.18.0.1", names), true);
  assert.equal(isOwnName("[2001:db8::1]", "2001:db8::1", names), true);
});

test("a name that only points here is a stranger's", () => {
  for (const host of [
    "evil.example",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "",
    "198.18.0.2",
    "127.evil",
  ]) {
    assert.equal(isOwnName(host, "198.18.0.1", names), false, host);
  }
});
