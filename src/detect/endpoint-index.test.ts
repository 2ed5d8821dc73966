import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { watched } from "../../test/support/watched.ts";
import { type Endpoint, endpointKey, transports } from "../model/endpoint.ts";
import { indexEndpoints } from "./endpoint-index.ts";

const endpoint: fc.Arbitrary<Endpoint> = fc.record({
  transport: fc.constantFrom(...transports),
  address: fc.constantFrom("0.0.0.0", "::", "198.18.0.1", "198.18.0.2", "2001:db8::1"),
  port: fc.integer({ min: 0, max: 3 }),
  interface: fc.constantFrom(null, "eth0", "eth1"),
  networkNamespace: fc.constantFrom(null, "netns:a"),
});

test("every endpoint is found at its place, and no other is", () => {
  fc.assert(
    fc.property(fc.uniqueArray(endpoint, { selector: endpointKey, maxLength: 60 }), endpoint, (all, one) => {
      const indexOf = indexEndpoints(all);
      all.forEach((endpoint, index) => assert.equal(indexOf({ ...endpoint }), index));
      assert.equal(
        indexOf(one),
        all.findIndex((other) => endpointKey(other) === endpointKey(one)),
      );
    }),
  );
});

test("20,000 endpoints that collide on purpose are found with no more reading than others", () => {
  const all = Array.from({ length: 20_000 }, (_, index): Endpoint => ({
    transport: "tcp",
    address: "0.0.0.0",
    port: 1,
    interface: `eth${index}`,
    networkNamespace: null,
  }));
  const { value, reads } = watched(all);
  const indexOf = indexEndpoints(value);
  assert.ok(all.every((endpoint, index) => indexOf(endpoint) === index));
  assert.ok(reads() < 20 * all.length, `${reads()} fields read`);
});
