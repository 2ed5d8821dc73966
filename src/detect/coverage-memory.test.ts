import assert from "node:assert/strict";
import test from "node:test";
import { type CoverageArea, coverageAreasMax, coverageListMax, everyPort } from "../model/coverage.ts";
import { addCoverage, covers } from "./coverage-memory.ts";

const area = (says: Partial<CoverageArea> = {}): CoverageArea => ({
  transport: "tcp",
  addresses: "any",
  ports: everyPort,
  networkNamespaces: "any",
  ...says,
});
const at = (port: number, address = "198.18.0.1", networkNamespace: string | null = null) => ({
  transport: "tcp" as const,
  address,
  port,
  interface: null,
  networkNamespace,
});
const ports = (first: number, last: number) => [{ first, last }];

test("an empty list covers nothing", () => {
  for (const empty of [area({ ports: [] }), area({ addresses: [] }), area({ networkNamespaces: [] })]) {
    assert.equal(covers([empty])(at(80)), false);
    assert.deepEqual(addCoverage([], [empty]), []);
  }
  assert.equal(covers([])(at(80)), false);
});

test("an address, a prefix and a namespace limit what is covered", () => {
  const test = covers([
    area({ addresses: ["198.18.0.1", "198.19.0.0/16"], networkNamespaces: [null, "netns:a"] }),
  ]);
  assert.ok(test(at(80)) && test(at(80, "198.19.255.1")) && test(at(80, "198.18.0.1", "netns:a")));
  assert.ok(!test(at(80, "198.18.0.2")) && !test(at(80, "198.18.0.1", "netns:b")));
});

test("neighbouring ranges become one area", () => {
  const memory = addCoverage([area({ ports: ports(0, 1023) })], [area({ ports: ports(1024, 65_535) })]);
  assert.deepEqual(memory, [area()]);
});

test("two corners never become a rectangle", () => {
  const memory = addCoverage(
    [area({ ports: ports(1, 10), addresses: ["198.18.0.1"] })],
    [area({ ports: ports(11, 20), addresses: ["198.18.0.2"] })],
  );
  assert.ok(covers(memory)(at(5, "198.18.0.1")) && covers(memory)(at(15, "198.18.0.2")));
  assert.ok(!covers(memory)(at(15, "198.18.0.1")) && !covers(memory)(at(5, "198.18.0.2")));
});

test("a look that adds nothing leaves the memory the same object", () => {
  const memory = [area()];
  assert.equal(addCoverage(memory, [area({ ports: ports(5, 6), addresses: ["198.18.0.1"] })]), memory);
});

test("the memory is bounded; the smallest areas go first", () => {
  const pieces = Array.from({ length: coverageAreasMax + 50 }, (_, index) =>
    area({
      ports: ports(index * 10, index * 10 + (index % 9)),
      addresses: [`198.18.${index >> 8}.${index & 255}`],
    }),
  );
  const memory = addCoverage([area({ transport: "udp" })], pieces);
  assert.equal(memory.length, coverageAreasMax);
  assert.ok(covers(memory)({ ...at(80), transport: "udp" }));
});

test("a list in an area is bounded; the oldest go first", () => {
  let memory = [area({ networkNamespaces: [null] })] as readonly CoverageArea[];
  for (let index = 0; index < coverageListMax + 10; index++) {
    memory = addCoverage(memory, [area({ networkNamespaces: [`container:${index}`] })]);
  }
  assert.equal(memory.length, 1);
  assert.equal(memory[0]?.networkNamespaces.length, coverageListMax);
  assert.ok(covers(memory)(at(80, "::", `container:${coverageListMax + 9}`)));
});
