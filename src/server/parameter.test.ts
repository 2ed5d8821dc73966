import assert from "node:assert/strict";
import test from "node:test";
import { z } from "zod";
import { eventFilter, listQuery, portFilter, portRange, whole } from "./parameter.ts";

const ports = listQuery(["port", "host"], portFilter);
const events = z.strictObject(eventFilter);

test("S3 an empty, starred or doubled filter is refused, it never means all", () => {
  for (const query of [
    { host: "" },
    { host: "*" },
    { host: ["a", "b"] },
    { q: "" },
    { owner: "" },
    { port: "" },
    { port: "*" },
    { state: "" },
    { state: "all" },
    { transport: ["tcp", "udp"] },
    { risk: "" },
    { unknown: "1" },
    { limit: "" },
    { limit: "0" },
    { limit: "1001" },
    { limit: "1e3" },
    { limit: "-1" },
    { limit: " 5" },
    { at: "null" },
    { cursor: "" },
    { sort: "port;drop table" },
    { sort: "--port" },
  ]) {
    assert.equal(ports.safeParse(query).success, false, JSON.stringify(query));
  }
  for (const query of [{ kind: "" }, { kind: [] }, { kind: "*" }, { kind: ["new", ""] }, { kind: "null" }]) {
    assert.equal(events.safeParse(query).success, false, JSON.stringify(query));
  }
});

test("S3 a repeated value counts once", () => {
  assert.deepEqual(events.parse({ kind: ["new", "new"] }).kind, ["new"]);
  assert.deepEqual(events.parse({ kind: "down" }).kind, ["down"]);
});

test("a port filter is one port or two in order", () => {
  assert.deepEqual(portRange.parse("6379"), { first: 6379, last: 6379 });
  assert.deepEqual(portRange.parse("8000-8100"), { first: 8000, last: 8100 });
  for (const wrong of ["65536", "9-8", "1-", "-1", "1-2-3", "１２", "0x10"]) {
    assert.equal(portRange.safeParse(wrong).success, false, wrong);
  }
});

test("a whole number is digits and nothing else", () => {
  assert.equal(whole(0, 10).parse("10"), 10);
  for (const wrong of ["010", "1.0", "+1", "1_0", "11", "\n1", "1\n"]) {
    assert.equal(whole(0, 10).safeParse(wrong).success, false, JSON.stringify(wrong));
  }
});
