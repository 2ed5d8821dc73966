import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { parsePorts, portsOf } from "./port-list.ts";
import { guardTargets } from "./scope.ts";
import { ipv4Text, noTargets, numberTargets, sizeOf, unionOf, type TargetSet } from "./target-set.ts";
import { isHostName, parseTarget } from "./targets.ts";

const read = (...texts: readonly string[]): TargetSet =>
  texts.reduce((set, text) => {
    const parsed = parseTarget(text);
    assert.ok("value" in parsed, `${text}: ${"problem" in parsed ? parsed.problem : ""}`);
    return unionOf([set, parsed.value]);
  }, noTargets);

const addresses = (set: TargetSet): string[] => {
  const targets = numberTargets(set);
  return Array.from({ length: targets.size }, (_, index) => targets.textAt(index));
};

test("addresses, ranges and prefixes are read, overlaps count once", () => {
  assert.deepEqual(addresses(read("198.18.0.9", "198.18.0.8-9", "198.18.0.8-198.18.0.10")), [
    "198.18.0.8",
    "198.18.0.9",
    "198.18.0.10",
  ]);
  assert.equal(sizeOf(read("198.18.0.0/15")), 131_072);
  assert.deepEqual(addresses(read("2001:db8::fffe/127", "198.18.0.1")), [
    "198.18.0.1",
    "2001:db8::fffe",
    "2001:db8::ffff",
  ]);
});

test("what is not understood is refused with its place, never guessed", () => {
  const at = (text: string): number | undefined => {
    const parsed = parseTarget(text);
    return "value" in parsed ? undefined : parsed.at;
  };
  assert.equal(at("198.18.0.300"), 0);
  assert.equal(at("198.18.0.1/33"), 11);
  assert.equal(at("198.18.0.9-8"), 0);
  assert.equal(at("198.18.0.9-x"), 11);
  assert.equal(at("2001:db8::/64"), 11);
  for (const text of [
    "",
    "*",
    "10",
    "0x7f.1",
    "198.18.0",
    "::ffff:198.18.0.1",
    "::ffff:0:0/112",
    "198.18.0.1 ",
    "2001:db8::1-2",
    "-",
  ]) {
    assert.notEqual(at(text), undefined, text);
  }
});

test("a name is told from an address", () => {
  for (const name of ["example", "a.example.com", "db_1.internal"]) assert.ok(isHostName(name), name);
  for (const none of ["198.18.0.1", "::1", "198.18.0.300", "a..b", "-a", "a b", ""])
    assert.ok(!isHostName(none), none);
});

test("ports are read as a list, and a dash means all but port 0", () => {
  const ports = (text: string): number[] => {
    const parsed = parsePorts(text, ["tcp"]);
    assert.ok("value" in parsed);
    return [...portsOf(parsed.value.tcp)];
  };
  assert.deepEqual(ports("443,22,80-82,81"), [22, 80, 81, 82, 443]);
  assert.equal(ports("-").length, 65_535);
  for (const [text, at] of [
    ["", 0],
    ["22,", 3],
    ["22,80-70", 3],
    ["65536", 0],
    ["22,x", 3],
  ] as const) {
    const parsed = parsePorts(text, ["tcp"]);
    assert.deepEqual("problem" in parsed && parsed.at, at, text);
  }
});

test("letters part the ports of TCP from those of UDP, until the next one", () => {
  const sets = (text: string): readonly number[][] => {
    const parsed = parsePorts(text, ["tcp"]);
    assert.ok("value" in parsed, text);
    return [[...portsOf(parsed.value.tcp)], [...portsOf(parsed.value.udp)]];
  };
  assert.deepEqual(sets("T:22,80,U:53,161"), [
    [22, 80],
    [53, 161],
  ]);
  assert.deepEqual(sets("22,U:53,T:80,U:7-9"), [
    [22, 80],
    [7, 8, 9, 53],
  ]);
  assert.equal(sets("U:-")[1]?.length, 65_535);
  const both = parsePorts("161,T:22", ["tcp", "udp"]);
  assert.ok("value" in both);
  assert.deepEqual([[...portsOf(both.value.tcp)], [...portsOf(both.value.udp)]], [[22, 161], [161]]);
  for (const [text, at] of [
    ["X:22", 0],
    ["22,t:53", 3],
    ["U:", 2],
    ["T:22,U:53,U:x", 12],
    ["U:53:54", 2],
  ] as const) {
    const parsed = parsePorts(text, ["tcp"]);
    assert.deepEqual("problem" in parsed && parsed.at, at, text);
  }
});

test("every address of a set has one number, both ways", () => {
  const ranges = fc.array(fc.tuple(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 300 })), {
    minLength: 1,
    maxLength: 8,
  });
  fc.assert(
    fc.property(ranges, (parts) => {
      const set = parts.reduce(
        (all, [first, more]) => unionOf([all, { ipv4: [{ first, last: first + more }], ipv6: [] }]),
        noTargets,
      );
      const targets = numberTargets(set);
      const inSet = new Set<number>();
      for (let index = 0; index < targets.size; index += 1) {
        const address = targets.ipv4At(index);
        assert.equal(targets.indexOfIpv4(address), index);
        inSet.add(address);
      }
      assert.equal(inSet.size, targets.size);
      for (let address = 0; address < 5_400; address += 7) {
        assert.equal(targets.indexOfIpv4(address) >= 0, inSet.has(address));
      }
    }),
  );
});

test("a target outside of the scope refuses the whole scan and is named", () => {
  const scope = { allowed: read("198.18.0.0/24"), excluded: read("198.18.0.7") };
  assert.throws(() => guardTargets(read("198.18.0.1", "198.18.1.1"), scope), /198\.18\.1\.1 lies outside/);
  assert.throws(() => guardTargets(read("198.18.0.1"), { ...scope, allowed: noTargets }), /lies outside/);
  assert.throws(() => guardTargets(read("198.18.0.7"), scope), /No address is left/);
  assert.throws(() => guardTargets(noTargets, scope), /No address is left/);
});

test("S14 of 10,000 random targets, scopes and exclusions none lets a stranger through", () => {
  const pieces = (longest: number) =>
    fc.array(fc.tuple(fc.integer({ min: 0, max: 4_000 }), fc.integer({ min: 0, max: longest })), {
      minLength: 1,
      maxLength: 3,
    });
  const setOf = (parts: readonly (readonly [number, number])[]): TargetSet =>
    parts.reduce(
      (all, [first, more]) => unionOf([all, { ipv4: [{ first, last: first + more }], ipv6: [] }]),
      noTargets,
    );
  const within = (parts: readonly (readonly [number, number])[], address: number): boolean =>
    parts.some(([first, more]) => address >= first && address <= first + more);
  let [passed, refused] = [0, 0];
  fc.assert(
    fc.property(pieces(100), pieces(4_000), pieces(300), (wanted, allowed, excluded) => {
      let left: TargetSet;
      try {
        left = guardTargets(setOf(wanted), { allowed: setOf(allowed), excluded: setOf(excluded) });
      } catch {
        refused += 1;
        return;
      }
      passed += 1;
      for (const { first, last } of left.ipv4) {
        for (let address = first; address <= last; address += 1) {
          const sound = within(wanted, address) && within(allowed, address) && !within(excluded, address);
          assert.ok(sound, ipv4Text(address));
        }
      }
    }),
    { numRuns: 10_000 },
  );
  assert.ok(passed > 500 && refused > 500, `${passed} passed, ${refused} refused`);
});
