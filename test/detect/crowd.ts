import { covers } from "../../src/detect/coverage-memory.ts";
import { indexRules } from "../../src/detect/judge.ts";
import { detectDefaults } from "../../src/model/detect-policy.ts";
import type { Listener } from "../../src/model/listener.ts";
import { fullCoverage, listener, process } from "../support/listener.ts";

/** A host with so many listeners, on the addresses that hosts have. */
export function crowd(count: number): Listener[] {
  const addresses = ["0.0.0.0", "::", "127.0.0.1", "198.18.0.1"];
  return Array.from({ length: count }, (_, index) =>
    listener(
      {
        address: addresses[index & 3] ?? "::",
        port: 1_024 + (index >> 2),
        transport: index % 10 === 0 ? "udp" : "tcp",
      },
      [process(1_000 + index, `program-${index % 50}`)],
    ),
  );
}

/** As it comes from outside: text that nobody else holds. */
export const fromOutside = (listeners: readonly Listener[]): Listener[] =>
  JSON.parse(JSON.stringify(listeners)) as Listener[];

const everything = covers(fullCoverage);

/** What `detect` is given beside beliefs and what was seen: everything is covered, and one sighting is enough. */
export const looked = {
  host: { id: "host", hostname: "web1", addresses: ["198.18.0.1", "192.0.2.7"], labels: { team: "3" } },
  view: "inside",
  nowMs: 1_800_000_000_000,
  clockStepMs: 0,
  covers: everything,
  wasCovered: everything,
  rules: indexRules([]),
  policy: { ...detectDefaults, sightingsToNew: { tcp: 1, udp: 1, sctp: 1 } },
  newId: () => "id",
} as const;

/** One program on one port, as a judge is asked about it. */
export const served = listener({ port: 8080 }, [process(7, "served")]);
export const servedBy = {
  owners: [{ executable: "/usr/bin/served", program: null, user: "served", unit: null, containerId: null }],
  processes: served.processes,
  ownerUnknown: null,
};
