import assert from "node:assert/strict";
import test from "node:test";
import { amount } from "../../../test/support/amount.ts";
import { randomOf } from "../../../test/support/random.ts";
import { readIpsetListing, readNftListing } from "./standing-blocks.ts";

const element = (val: unknown, expires: unknown): unknown => ({ elem: { val, timeout: 3_600, expires } });
const nft = (sets: Readonly<Record<string, readonly unknown[]>>): string =>
  JSON.stringify({
    nftables: [
      { metainfo: { version: "1.0.6" } },
      ...Object.entries(sets).map(([name, elem]) => ({ set: { family: "inet", name, elem } })),
    ],
  });

const ipset = `Name: portolan-reject-v4
Type: hash:net
Header: family inet hashsize 1024 maxelem 1024 timeout 0
Members:
203.0.113.0/24 timeout 59
203.0.113.7 timeout 3599

Name: portolan-never-v4
Members:
192.0.2.1
Name: portolan-drop-v6
Members:
2001:db8::/64 timeout 7
Name: somebody-elses
Members:
198.51.100.1 timeout 60
`;

test("what nftables holds is read with its action and the time left", () => {
  const text = nft({
    drop_v4: [element("203.0.113.7", 3_599)],
    reject_v6_nets: [element({ prefix: { addr: "2001:db8::", len: 64 } }, 59)],
    never_v4: ["192.0.2.1"],
  });
  assert.deepEqual(readNftListing(text), [
    { target: "203.0.113.7", action: "drop", leftMs: 3_599_000 },
    { target: "2001:db8::/64", action: "reject", leftMs: 59_000 },
  ]);
});

test("what ipset holds is read from our sets only", () => {
  assert.deepEqual(readIpsetListing(ipset), [
    { target: "203.0.113.0/24", action: "reject", leftMs: 59_000 },
    { target: "203.0.113.7", action: "reject", leftMs: 3_599_000 },
    { target: "2001:db8::/64", action: "drop", leftMs: 7_000 },
  ]);
});

test("what has no end, is no target or is cut short is left out", () => {
  const odd = [element("203.0.113.7", undefined), element("somewhere", 9), element({ range: ["a", "b"] }, 9)];
  assert.deepEqual(readNftListing(nft({ drop_v4: odd, tarpit_v4: [element("203.0.113.7", 9)] })), []);
  const random = randomOf(7);
  const texts = [nft({ drop_v4: [element("203.0.113.7", 3_599)] }), ipset];
  const count = amount("LISTINGS", { short: 2_000, long: 200_000 });
  for (let round = 0; round < count; round++) {
    const text = texts[round % 2] ?? "";
    const cut = Math.floor(random() * text.length);
    const broken = text.slice(0, cut) + text.slice(cut + Math.floor(random() * 9));
    for (const block of [...readNftListing(broken), ...readIpsetListing(broken)])
      assert.ok(block.leftMs >= 0 && !block.target.includes("/0"), JSON.stringify(block));
  }
});
