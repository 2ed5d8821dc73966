import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { listener, process } from "../../test/support/listener.ts";
import { aBatch } from "../../test/support/lookout.ts";
import { watched } from "../../test/support/watched.ts";
import { PortolanError } from "../base/errors.ts";
import { hasUnsafeCharacters } from "../base/text.ts";
import { intakeListenersMax, type IntakeBatch } from "./intake.ts";
import { type IntakeBatchOfSchema, listenerSchema, parseIntakeBatch } from "./intake-schema.ts";
import { createListenerCheck } from "./listener-check.ts";
import type { Look } from "./look.ts";

/** Holds the schema equal to the interface: a difference fails the type check. */
type Deep<Value> = Value extends readonly (infer Item)[]
  ? readonly Deep<Item>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: Deep<Value[Key]> }
    : Value;
type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2
    ? "same"
    : "the schema is not the interface";
const same: Same<Deep<IntakeBatchOfSchema>, Deep<IntakeBatch>> = "same";

const served = listener({}, [process(5, "served"), process(9, "worker")], { leaders: [5] });

const batch = (look: Partial<Look> = {}, more: Record<string, unknown> = {}): unknown =>
  JSON.parse(JSON.stringify({ ...aBatch({ listeners: [served], ...look }), ...more }));

test("a batch as agents send it is taken as it is", () => {
  assert.equal(same, "same");
  const value = batch();
  assert.deepEqual(parseIntakeBatch(value), value);
});

const bad = (says: Record<string, unknown>): Partial<Look> => ({
  listeners: [{ ...served, ...says }],
});
const badProcess = (says: Record<string, unknown>): Partial<Look> =>
  bad({ processes: [{ ...process(5, "served"), ...says }], leaders: [5] });

const refused: readonly (readonly [title: string, value: unknown, path: RegExp])[] = [
  ["no object", [], /^$/],
  ["null", null, /^$/],
  ["an unknown key", batch({}, { extra: 1 }), /^$/],
  ["a key named __proto__", JSON.parse('{"__proto__": {"polluted": 1}}'), /./],
  ["an id that is no UUIDv7", batch({}, { batchId: "1" }), /^batchId$/],
  ["sequence 0", batch({}, { sequence: 0 }), /^sequence$/],
  ["a sequence that is no whole number", batch({}, { sequence: 1.5 }), /^sequence$/],
  ["an unknown source", batch({}, { source: { kind: "ssh", version: "1" } }), /^source\.kind$/],
  ["port 65536", batch(bad({ port: 65_536 })), /^look\.listeners\.0\.port$/],
  ["a negative port", batch(bad({ port: -1 })), /^look\.listeners\.0\.port$/],
  ["an address that is not canonical", batch(bad({ address: "::0" })), /^look\.listeners\.0\.address$/],
  ["a scope that is not the address's", batch(bad({ scope: "loopback" })), /^look\.listeners\.0$/],
  ["an unknown transport", batch(bad({ transport: "icmp" })), /^look\.listeners\.0\.transport$/],
  ["no sockets", batch(bad({ sockets: 0 })), /^look\.listeners\.0\.sockets$/],
  ["a leader that is no holder", batch(bad({ leaders: [7] })), /^look\.listeners\.0$/],
  ["leaders out of order", batch(bad({ leaders: [9, 5] })), /^look\.listeners\.0$/],
  [
    "a process named twice",
    batch(bad({ processes: [process(5, "a"), process(5, "b")] })),
    /^look\.listeners\.0$/,
  ],
  ["an unknown key of a listener", batch(bad({ extra: 1 })), /^look\.listeners\.0$/],
  ["an escape sequence in a name", batch(badProcess({ name: "\u001b[2J" })), /processes\.0\.name$/],
  [
    "a change of direction in a command",
    batch(badProcess({ commandLine: "a\u202eb" })),
    /processes\.0\.commandLine$/,
  ],
  ["half a surrogate pair", batch(badProcess({ name: "a\ud800" })), /processes\.0\.name$/],
  ["a name of 257 characters", batch(badProcess({ name: "x".repeat(257) })), /processes\.0\.name$/],
  ["a command line of a megabyte", batch(badProcess({ commandLine: "x".repeat(1e6) })), /commandLine$/],
  ["a container id of other letters", batch(badProcess({ containerId: "z".repeat(64) })), /containerId$/],
  ["a pid of 2⁵³", batch(badProcess({ pid: 2 ** 53 })), /processes\.0\.pid$/],
  ["an unknown key of a process", batch(badProcess({ extra: 1 })), /processes\.0$/],
  ["same with listeners", batch({ basis: "same" }), /^look$/],
  ["full with something gone", batch({ gone: ["tcp/192.0.2.1:22"] }), /^look$/],
  ["an endpoint twice", batch({ listeners: [served, served] }), /^look$/],
  ["seen and gone", batch({ basis: "delta", gone: ["tcp/0.0.0.0:8080"] }), /^look$/],
  ["a key that is none", batch({ basis: "delta", gone: ["tcp/nowhere"] }), /^look\.gone\.0$/],
  [
    "ranges that overlap",
    batch({
      coverage: [
        {
          transport: "tcp",
          addresses: "any",
          networkNamespaces: "any",
          ports: [
            { first: 1, last: 5 },
            { first: 5, last: 9 },
          ],
        },
      ],
    }),
    /^look\.coverage\.0\.ports$/,
  ],
  [
    "a prefix with bits behind it",
    batch({
      coverage: [{ transport: "tcp", addresses: ["10.0.0.1/8"], networkNamespaces: "any", ports: [] }],
    }),
    /^look\.coverage\.0\.addresses/,
  ],
  [
    "too many listeners",
    batch({ listeners: Array.from({ length: intakeListenersMax + 1 }, () => served) }),
    /^look\.listeners$/,
  ],
];

for (const [title, value, path] of refused) {
  test(`refused, and told where: ${title}`, () => {
    assert.throws(
      () => parseIntakeBatch(value),
      (error) => {
        assert.ok(error instanceof PortolanError && error.code === "invalid");
        const mistakes = error.details["mistakes"] as { path: string }[];
        assert.ok(
          mistakes.some((mistake) => path.test(mistake.path)),
          JSON.stringify(mistakes),
        );
        return true;
      },
    );
  });
}

test("what a refusal repeats of the batch is safe and short", () => {
  const key = `\u001b[2J\u202e${"x".repeat(100_000)}`;
  assert.throws(
    () => parseIntakeBatch(batch({}, { [key]: 1 })),
    (error) =>
      error instanceof PortolanError && error.message.length < 1_200 && !hasUnsafeCharacters(error.message),
  );
});

test("the quick yes says yes to exactly what the schema takes", () => {
  const odd = fc.oneof(
    fc.constantFrom<unknown>(
      null,
      "",
      0,
      -1,
      1.5,
      5,
      65_536,
      "0.0.0.0",
      "::",
      "all",
      "tcp",
      [],
      {},
      true,
      "x\n",
    ),
    fc.string(),
  );
  const fields = Object.keys(served);
  const processFields = Object.keys(process(1, "a"));
  const mutated = fc
    .tuple(
      fc.constantFrom(...fields, "extra"),
      odd,
      fc.constantFrom(...processFields, "extra"),
      odd,
      fc.nat(3),
    )
    .map(([field, value, processField, processValue, how]): unknown => {
      const broken = { ...process(5, "served"), [processField]: processValue };
      if (how === 0) return { ...served, [field]: value };
      if (how === 1) return { ...served, processes: [broken], leaders: [5] };
      if (how === 2) return Object.fromEntries(Object.entries(served).filter(([key]) => key !== field));
      return { ...served, processes: [broken, process(9, "b")], leaders: [5, 9] };
    });
  let taken = 0;
  fc.assert(
    fc.property(mutated, (value) => {
      const quick = createListenerCheck()(value);
      assert.equal(quick, listenerSchema.safeParse(value).success);
      taken += Number(quick);
    }),
    { numRuns: 5_000 },
  );
  assert.ok(taken > 100 && taken < 4_900, `${taken}`);
});

test("I10 no text that is taken holds a control character", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 12 }), (text) => {
      for (const field of ["name", "executablePath", "commandLine", "user", "unit"]) {
        const { success } = listenerSchema.safeParse({
          ...served,
          processes: [{ ...process(5, "served"), [field]: text }],
          leaders: [5],
        });
        assert.equal(success, !hasUnsafeCharacters(text));
      }
      const placed = { ...served, networkNamespace: text, interface: text };
      if (listenerSchema.safeParse(placed).success) assert.doesNotMatch(text, /[\s\p{Cc}\p{Cs}]/u);
    }),
    { numRuns: 1_000 },
  );
});

test("a listener of a batch is read as often among 20,000 as among 200: the quick yes spares it the schema", () => {
  const readsPerListener = [200, intakeListenersMax].map((count) => {
    const listeners = Array.from({ length: count }, (_, port) =>
      listener({ port, address: port % 2 ? "0.0.0.0" : `2001:db8::${(port % 100) + 1}` }, [
        process(1_000 + port, "nginx"),
      ]),
    );
    const batch = watched(aBatch({ listeners }));
    assert.equal(parseIntakeBatch(batch.value).look.listeners.length, count);
    return batch.reads() / count;
  });
  assert.ok(Math.max(...readsPerListener) <= 46, String(readsPerListener));
});
