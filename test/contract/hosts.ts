import assert from "node:assert/strict";
import { endpointKey } from "../../src/model/endpoint.ts";
import type { Clauses } from "./clauses.ts";
import { addHosts, belief, quick, startMs, write } from "./samples.ts";

export const hosts: Clauses = {
  "host counters follow every change, and retired hosts leave the live lists": async ({ writer, reader }) => {
    await writer.transaction(quick, async (changes) => {
      await addHosts(changes, 2);
      await changes.saveBeliefs([
        write(belief(0, 1)),
        write(belief(0, 2)),
        write(belief(1, 1)),
        write(belief(0, 3, { state: "unverified", sightings: 1 })),
      ]);
      await changes.saveBeliefs([write(belief(0, 1, { state: "down" }), { turnedAtMs: startMs + 50 })]);
      await changes.forgetBeliefs("host-0", "inside", [endpointKey(belief(0, 3))]);
    });
    assert.deepEqual((await reader.host("host-0"))?.ports, { up: 1, down: 1 });
    assert.equal((await reader.openCounts()).up, 2);
    await writer.transaction(quick, async (changes) => {
      const host = await changes.host("host-1");
      if (host !== undefined) await changes.saveHost({ ...host, retiredAtMs: startMs });
    });
    assert.deepEqual(
      [(await reader.ports({})).total, (await reader.ports({})).rows.length, (await reader.hosts({})).total],
      [1, 1, 1],
    );
    assert.equal((await reader.hosts({ retired: true })).total, 2);
  },

  "the harbour names common ports and marks who has them": async ({ writer, reader }) => {
    await writer.transaction(quick, async (changes) => {
      await addHosts(changes, 2);
      await changes.saveBeliefs([
        write(belief(0, 0, { port: 22 })),
        write(belief(1, 0, { port: 22 })),
        write(belief(1, 1, { port: 80, view: "outside" })),
      ]);
    });
    const { ports, hosts } = await reader.harbour({ ports: 10, hosts: 10 });
    assert.deepEqual(ports, [22, 80]);
    assert.deepEqual(
      hosts.map(({ name, cells }) => [name.slice(0, 10), cells]),
      [
        ["host-00001", [1, 2]],
        ["host-00000", [1, 0]],
      ],
    );
  },
};
