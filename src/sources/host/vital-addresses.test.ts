import assert from "node:assert/strict";
import test from "node:test";
import { gatewaysV4, gatewaysV6, nameServers, vitalAddresses } from "./vital-addresses.ts";

test("gateways are those of routes that have one, in both families", () => {
  const v4 = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
`;
  assert.deepEqual(gatewaysV4(v4), ["192.0.2.1"]);
  const zero = "0".repeat(32);
  const hop = "fe80000000000000021122fffe334455";
  const v6 = `${zero} 00 ${zero} 00 ${hop} 00000400 00000001 00000000 00000003     eth0
20010db8000000000000000000000000 40 ${zero} 00 ${zero} 00000100 00000001 00000000 00000001     eth0
`;
  assert.deepEqual(gatewaysV6(v6), ["fe80::211:22ff:fe33:4455"]);
  assert.deepEqual([...gatewaysV4("\u0000 x"), ...gatewaysV6("a b c d e")], []);
});

test("resolvers are read with and without zone, and comments are none", () => {
  const text =
    "# nameserver 192.0.2.9\nnameserver 192.0.2.53\nnameserver fe80::1%eth0\nnameserver somewhere\n";
  assert.deepEqual(nameServers(text), ["192.0.2.53", "fe80::1"]);
});

test("this machine knows its own loopback at least", () => {
  assert.ok(vitalAddresses().some(({ target, kind }) => kind === "own-address" && target === "127.0.0.1"));
});
