import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { canonicalAddress } from "../base/ip.ts";
import {
  bindingScope,
  type Endpoint,
  endpointKey,
  keyPart,
  transports,
  tryParseEndpointKey,
} from "./endpoint.ts";

const name = fc.stringMatching(/^[a-z0-9_.-]{1,15}$/);
const endpoint: fc.Arbitrary<Endpoint> = fc.record(
  {
    transport: fc.constantFrom(...transports),
    address: fc.oneof(fc.ipV4(), fc.ipV6()).map((text) => canonicalAddress(text) ?? "::"),
    port: fc.integer({ min: 0, max: 65_535 }),
    interface: fc.option(name),
    networkNamespace: fc.option(
      fc.tuple(fc.constantFrom("container", "netns", "ns"), name).map((part) => part.join(":")),
    ),
  },
  { noNullPrototype: true },
);

for (const [key, says] of [
  ["tcp/192.0.2.1:22", {}],
  ["tcp/[::]:80", { address: "::", port: 80 }],
  ["tcp/[::ffff:127.0.0.1]:80", { address: "::ffff:127.0.0.1", port: 80 }],
  ["udp/0.0.0.0%eth0:68", { transport: "udp", address: "0.0.0.0", port: 68, interface: "eth0" }],
  ["udp/[fe80::1%eth0.5]:546", { transport: "udp", address: "fe80::1", port: 546, interface: "eth0.5" }],
  ["tcp/192.0.2.1:22@container:0123456789ab", { networkNamespace: "container:0123456789ab" }],
] as const) {
  test(`${key} names an endpoint`, () => {
    const endpoint: Endpoint = {
      transport: "tcp",
      address: "192.0.2.1",
      port: 22,
      interface: null,
      networkNamespace: null,
      ...says,
    };
    assert.equal(endpointKey(endpoint), key);
    assert.deepEqual(tryParseEndpointKey(key), endpoint);
  });
}

test("a key and its endpoint are inverse", () => {
  fc.assert(
    fc.property(endpoint, (one) => {
      assert.deepEqual(tryParseEndpointKey(endpointKey(one)), one);
    }),
  );
});

test("what is no key is none", () => {
  for (const text of [
    "",
    "tcp/192.0.2.1",
    "tcp/192.0.2.1:65536",
    "icmp/192.0.2.1:1",
    "tcp/::1:80",
    "tcp/192.0.2.1:22\n",
  ]) {
    assert.equal(tryParseEndpointKey(text), undefined, JSON.stringify(text));
  }
});

test("the bound address tells who can reach it", () => {
  for (const [address, scope] of [
    ["0.0.0.0", "all"],
    ["::", "all"],
    ["::ffff:0.0.0.0", "all"],
    ["127.0.0.53", "loopback"],
    ["::1", "loopback"],
    ["::ffff:127.0.0.1", "loopback"],
    ["192.0.2.1", "address"],
    ["fe80::1", "address"],
  ] as const) {
    assert.equal(bindingScope(address), scope);
  }
});

test("any device name can stand in a key, and two names never become one", () => {
  const device = fc.oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 4 }),
    fc.constantFrom("a]", "a\\x5d", "a:@"),
  );
  fc.assert(
    fc.property(device, device, (a, b) => {
      const at: Endpoint = {
        transport: "tcp",
        address: "::",
        port: 80,
        interface: keyPart(a),
        networkNamespace: `netns:${keyPart(b)}`,
      };
      assert.deepEqual(tryParseEndpointKey(endpointKey(at)), at);
      assert.equal(keyPart(a) === keyPart(b), a === b);
    }),
    { numRuns: 1_000 },
  );
});
