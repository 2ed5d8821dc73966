import assert from "node:assert/strict";
import test from "node:test";
import { highRiskOf, highRiskPorts } from "./high-risk.ts";

for (const [transport, port, code] of [
  ["tcp", 6379, "redis"],
  ["tcp", 27_017, "mongodb"],
  ["tcp", 9200, "elasticsearch"],
  ["tcp", 2375, "docker"],
  ["tcp", 10_250, "kubelet"],
  ["tcp", 2379, "etcd"],
  ["tcp", 11_211, "memcached"],
  ["udp", 11_211, "memcached"],
  ["tcp", 445, "smb"],
  ["tcp", 3389, "rdp"],
  ["tcp", 23, "telnet"],
  ["udp", 161, "snmp"],
  ["tcp", 161, undefined],
  ["tcp", 443, undefined],
] as const) {
  test(`${transport}/${port} is ${code ?? "not listed"}`, () => {
    assert.equal(highRiskOf({ transport, address: "0.0.0.0", port })?.code, code);
  });
}

test("what only the machine itself can reach is no risk", () => {
  for (const address of ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"]) {
    assert.equal(highRiskOf({ transport: "tcp", address, port: 6379 }), undefined);
  }
});

test("each port stands once, with a sentence that says why", () => {
  const ports = highRiskPorts.flatMap(({ transport, ports }) => ports.map((port) => `${transport}/${port}`));
  assert.equal(new Set(ports).size, ports.length);
  for (const { code, why } of highRiskPorts) assert.match(why, /^\S.{15,120}\.$/, code);
});
