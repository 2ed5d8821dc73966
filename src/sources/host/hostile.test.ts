import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { aBatch } from "../../../test/support/lookout.ts";
import { isCanonicalAddress } from "../../base/ip.ts";
import { endpointKey } from "../../model/endpoint.ts";
import { parseIntakeBatch } from "../../model/intake-schema.ts";
import type { IntakeBatch } from "../../model/intake.ts";
import type { Listener } from "../../model/listener.ts";
import type { DiagSocket } from "../link/inet-diag.ts";
import { diagTables } from "../link/sock-diag.ts";
import type { SockDiag } from "../link/sock-diag.ts";
import { devicePart } from "./device-part.ts";
import { readLinkLocalZones } from "./link-local-zones.ts";
import { ListenerMap } from "./listener-map.ts";
import { createProcessReader } from "./process-facts.ts";
import type { ProcFs } from "./proc-fs.ts";
import type { KnownProcess } from "./process-table.ts";
import { savedListeners } from "./saved-output.ts";
import { diagSocketTable } from "./socket-table.ts";

const nasty = ["", "\u200b", "\u202e\u2066", "\u001b[2J\u0007", "\n\r\t\0", "a]b:c@d\\", " ", "\u00ad", "x"];
const bytes = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 12 }).map((part) => Buffer.from(part)),
      fc.constantFrom(...nasty.map((part) => Buffer.from(part)), Buffer.from([0xff, 0xc3, 0xe2, 0x80])),
      fc.constant(Buffer.alloc(5_000, "\u2028")),
    ),
    { maxLength: 6 },
  )
  .map((parts) => Buffer.concat(parts));

/** The files of one process that says what it likes of itself. */
function procOf(said: {
  readonly name: Buffer;
  readonly args: Buffer;
  readonly path: Buffer;
  readonly cgroup: Buffer;
}): ProcFs {
  const files: Readonly<Record<string, Buffer>> = {
    stat: Buffer.concat([
      Buffer.from("7 ("),
      said.name,
      Buffer.from(`) S 1 7 7 0 -1 0 ${"0 ".repeat(12)}48213 0`),
    ]),
    cmdline: said.args,
    status: Buffer.from("Uid:\t33\t33\t33\t33\n"),
    cgroup: Buffer.concat([Buffer.from("0::/"), said.cgroup, Buffer.from(".service\n")]),
  };
  return {
    processes: () => {},
    read: (_pid, name) => files[name],
    link: () => said.path,
    cpuTime: () => 0,
    fdCount: () => 1,
    lost: () => {},
    sockets: () => ({ outcome: "complete", next: 0, read: 0 }),
  };
}

/** A kernel whose sockets, one per address, are bound to devices of these names. */
function diagOf(addresses: readonly Uint8Array[], names: readonly string[]): SockDiag {
  return {
    listeners: (table, visit) => {
      for (const [index, address] of table === diagTables[0] ? addresses.entries() : []) {
        const socket: Partial<DiagSocket> = {
          cookie: index + 1,
          inode: index + 1,
          uid: 33,
          port: index,
          address,
          interfaceIndex: names.length === 0 ? 0 : (index % names.length) + 1,
        };
        visit(socket as DiagSocket);
      }
      return 0;
    },
    interfaces: () => new Map(names.map((name, index) => [index + 1, name])),
    close: () => {},
  };
}

const batchOf = (listeners: readonly Listener[]): IntakeBatch => aBatch({ listeners });

/** As the kernel lets them be called: neither blanks nor `/` nor `:`. */
const deviceNames = fc.uniqueArray(
  fc.string({ unit: "binary-ascii", minLength: 1, maxLength: 15 }).filter((name) => !/[\s/:]/.test(name)),
  {
    maxLength: 4,
  },
);
const addresses = fc.array(
  fc.oneof(
    fc.uint8Array({ minLength: 4, maxLength: 4 }),
    fc.uint8Array({ minLength: 16, maxLength: 16 }),
    fc
      .array(fc.constantFrom(0, 0, 0, 1, 255), { minLength: 16, maxLength: 16 })
      .map((part) => Uint8Array.from(part)),
  ),
  { minLength: 1, maxLength: 6 },
);

test("whatever processes and devices call themselves, the intake takes what the collector says of them", () => {
  fc.assert(
    fc.property(
      fc.record({ name: bytes, args: bytes, path: bytes, cgroup: bytes }),
      addresses,
      deviceNames,
      bytes,
      fc.constantFrom("rights", "refusal", null),
      (said, bound, names, user, obstacle) => {
        const users = { nameOf: () => user.toString("utf8"), refresh: () => {} };
        const facts = createProcessReader(procOf(said), users).facts(7) ?? null;
        assert.ok(facts);
        const map = new ListenerMap();
        const { added } = diagSocketTable(diagOf(bound, names), null).look();
        assert.equal(added.length, bound.length);
        for (const socket of added) map.add(socket);
        const { changed } = map.settle({
          holdersOf: (inode) => (inode % 3 === 0 ? [] : [{ pid: 7, facts } as unknown as KnownProcess]),
          obstacle,
          userOf: () => "",
        });
        assert.deepEqual(
          changed.map(endpointKey),
          added.map(({ key }) => key),
          "the key that it is told gone by",
        );
        assert.ok(changed.every(({ address }) => isCanonicalAddress(address)));
        parseIntakeBatch(JSON.parse(JSON.stringify(batchOf(changed))));
      },
    ),
    { numRuns: 200 },
  );
});

test("two devices never become one, whatever they are called", () => {
  fc.assert(
    fc.property(deviceNames, (names) => {
      const parts = names.map((name, index) => devicePart(name, index + 1));
      assert.equal(new Set(parts).size, names.length);
    }),
  );
  assert.equal(devicePart("eth0", 1), "eth0");
  assert.equal(devicePart("a]@b\\", 1), "a\\x5d\\x40b\\x5c");
  assert.equal(devicePart("\u001b", 7), "\\if7");
  assert.equal(devicePart(undefined, 7), "\\if7");
  const zones = readLinkLocalZones("fe800000000000000000000000000001 1f 40 20 80   a]\u001b\n");
  assert.equal(zones.get("fe80::1"), "\\if31");
});

test("a thousand holders with long names cannot fill a batch: those that lead are kept, the others counted", () => {
  const map = new ListenerMap();
  const { added } = diagSocketTable(diagOf([Uint8Array.of(127, 0, 0, 1)], []), null).look();
  for (const socket of added) map.add(socket);
  const said = {
    name: Buffer.from("x"),
    args: Buffer.alloc(16_384, "\u2028"),
    path: Buffer.alloc(4_000, 0xff),
    cgroup: Buffer.from("x"),
  };
  const facts = createProcessReader(procOf(said), { nameOf: () => "x", refresh: () => {} }).facts(7);
  const holders = Array.from({ length: 2_000 }, (_, index) => {
    const process = { ...facts?.process, pid: index + 10, parentPid: index === 1_999 ? 1 : 2_009 };
    return { pid: process.pid, facts: { ...facts, process } } as unknown as KnownProcess;
  });
  const [listener] = map.settle({ holdersOf: () => holders, obstacle: null, userOf: () => "x" }).changed;
  assert.deepEqual(listener?.leaders, [2_009]);
  assert.ok(JSON.stringify(listener).length < 1024 * 1024);
  assert.equal(listener?.ownerUnknown, `${2_000 - (listener?.processes.length ?? 0)} more processes hold it`);
});

test("saved output of strangers becomes listeners within the same bounds", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", maxLength: 30 }),
      fc.string({
        unit: fc.constantFrom("a", "Z", "9", "_", ".", ":", "@", "-"),
        minLength: 1,
        maxLength: 15,
      }),
      (name, device) => {
        const { rows } = savedListeners(
          `LISTEN 0 5 127.0.0.1%${device}:80 0.0.0.0:* users:(("${name}",pid=7,fd=3))\nLISTEN 0 5 [::1]:81 [::]:*\n`,
        );
        assert.ok(rows.length > 0);
        parseIntakeBatch(batchOf(rows));
      },
    ),
  );
});
