import assert from "node:assert/strict";
import test from "node:test";
import { parseZabbixHost, zabbixHost } from "./zabbix-host.ts";

test("a host's name in Zabbix is made from its own", () => {
  for (const [template, expected] of [
    ["{hostname}", "quay-1.example.org"],
    ["{shortname}", "quay-1"],
    ["Portolan {shortname} ({hostname})", "Portolan quay-1 (quay-1.example.org)"],
    ["all", "all"],
  ] as const) {
    assert.deepEqual(parseZabbixHost(template), { value: template });
    assert.equal(zabbixHost(template, "quay-1.example.org"), expected);
  }
  assert.equal(zabbixHost("{hostname}", "x".repeat(300)).length, 128);
  assert.equal(zabbixHost("{hostname}", "{shortname}$&"), "{shortname}$&");
});

test("what cannot be filled in is refused, with its place", () => {
  assert.deepEqual(parseZabbixHost("a {host}"), {
    problem: "holds {host}, which is none of {hostname}, {shortname}",
    at: 2,
  });
  assert.ok("problem" in parseZabbixHost("{constructor}"));
  assert.ok("problem" in parseZabbixHost(""));
  assert.ok("problem" in parseZabbixHost("x".repeat(129)));
});
