import assert from "node:assert/strict";
import test from "node:test";
import { bindingScope } from "../../model/endpoint.ts";
import type { Host } from "../../model/host.ts";
import { targetGroup, type TargetEndpoint } from "./target-groups.ts";

const host: Host = {
  id: "h1",
  hostname: "harbour-1",
  machineId: null,
  addresses: ["127.0.0.1", "fe80::1", "169.254.0.1", "2001:db8::7", "198.51.100.7"],
  operatingSystem: null,
  labels: { stage: "lab", "rack/row": "7\ud800" },
  firstSeenMs: 0,
  retiredAtMs: null,
};

const at = (address: string, more: Partial<TargetEndpoint> = {}): TargetEndpoint => ({
  transport: "tcp",
  address,
  port: 9100,
  interface: null,
  networkNamespace: null,
  scope: bindingScope(address),
  view: "inside",
  process: "node_exporter",
  user: null,
  unit: null,
  service: null,
  highRisk: null,
  ...more,
});
const targetOf = (endpoint: TargetEndpoint, of: Host = host): string | undefined =>
  targetGroup(endpoint, of)?.targets[0];

test("an endpoint at every address is reached at the host's own, IPv4 first", () => {
  assert.equal(targetOf(at("0.0.0.0")), "198.51.100.7:9100");
  assert.equal(targetOf(at("::")), "198.51.100.7:9100");
  assert.equal(targetOf(at("2001:db8::9")), "[2001:db8::9]:9100");
  const onlySix = { ...host, addresses: ["::1", "2001:db8::7"] };
  assert.equal(targetOf(at("::"), onlySix), "[2001:db8::7]:9100");
  assert.equal(targetOf(at("0.0.0.0"), onlySix), undefined);
});

test("what only its own machine can reach is no target", () => {
  for (const address of ["127.0.0.1", "::1", "fe80::1", "169.254.7.7"])
    assert.equal(targetOf(at(address)), undefined);
  assert.equal(targetOf(at("0.0.0.0", { networkNamespace: "container" })), undefined);
  assert.equal(targetOf(at("198.51.100.8", { view: "outside" })), "198.51.100.8:9100");
});

test("labels tell what is known, under names that Prometheus takes", () => {
  assert.deepEqual(targetGroup(at("0.0.0.0", { highRisk: "redis" }), host)?.labels, {
    __meta_portolan_host: "harbour-1",
    __meta_portolan_host_id: "h1",
    __meta_portolan_address: "0.0.0.0",
    __meta_portolan_port: "9100",
    __meta_portolan_transport: "tcp",
    __meta_portolan_scope: "all",
    __meta_portolan_view: "inside",
    __meta_portolan_process: "node_exporter",
    __meta_portolan_high_risk: "redis",
    __meta_portolan_host_label_stage: "lab",
    __meta_portolan_host_label_rack_row: "7\ufffd",
  });
});
