import assert from "node:assert/strict";
import test from "node:test";
import { blockRequest } from "../../../test/support/block-request.ts";
import { amount } from "../../../test/support/amount.ts";
import { randomOf } from "../../../test/support/random.ts";
import { compareAddresses } from "../../base/ip.ts";
import type { Block, BlockDecision, BlockRequest, CurrentConnection, NeverBlock } from "../../model/block.ts";
import {
  blocksInForce,
  blocksInForceMax,
  type BlockScene,
  blocksPerHourMax,
  durationMsMax,
  leftMs,
  planBlock,
} from "./block-plan.ts";

const now = { ms: 50_000_000, bootId: "b1" };
const hourMs = 3_600_000;

const neverBlock: NeverBlock[] = [
  { target: "192.0.2.10", kind: "own-address" },
  { target: "192.0.2.1", kind: "gateway" },
  { target: "fe80::1%eth0", kind: "gateway" },
  { target: "198.51.100.4", kind: "server" },
  { target: "198.51.100.53", kind: "dns" },
  { target: "203.0.113.200", kind: "admin-connection" },
  { target: "198.51.100.64/28", kind: "monitor" },
  { target: "2001:db8:1::/48", kind: "own-prefix" },
];

const connection = (remote: string, given: Partial<CurrentConnection> = {}): CurrentConnection => ({
  remote,
  remotePort: 40_000,
  localPort: 443,
  state: "ESTABLISHED",
  process: "nginx",
  ...given,
});

const scene = (given: Partial<BlockScene> = {}): BlockScene => ({
  now,
  neverBlock,
  connections: [],
  knownGood: [],
  blocks: [],
  listening: new Set([22, 443]),
  ...given,
});

const block = (target: string, given: Partial<Block> = {}): Block => ({
  target,
  action: "drop",
  by: "anna",
  since: { ms: now.ms - 2 * hourMs, bootId: "b1" },
  untilMs: now.ms + hourMs,
  ...given,
});

const told = (decision: BlockDecision): string =>
  decision.outcome === "refused" ? decision.refusal.code : decision.outcome;
const decide = (asked: Partial<BlockRequest>, given: Partial<BlockScene> = {}): BlockDecision =>
  planBlock(blockRequest(asked), scene(given));

test("a plan says what is blocked until when, and who would be cut", () => {
  const decision = decide(
    { target: "203.0.113.0/28", action: "reject" },
    {
      connections: [
        connection("203.0.113.7"),
        connection("::ffff:203.0.113.9", { state: "SYN-RECEIVED" }),
        connection("203.0.113.3", { localPort: 50_123, process: "backup" }),
        connection("203.0.113.99"),
      ],
    },
  );
  assert.equal(decision.outcome, "plan");
  if (decision.outcome !== "plan") return;
  assert.deepEqual(decision.block, {
    target: "203.0.113.0/28",
    action: "reject",
    by: "anna",
    since: now,
    untilMs: now.ms + hourMs,
  });
  assert.equal(decision.preview.connectionCount, 3);
  assert.deepEqual(decision.preview.warnings, ["own-connections"]);
});

test("each of those who must never be blocked is refused, alone, in a prefix and in every spelling", () => {
  for (const target of [
    "192.0.2.10",
    "192.0.2.1",
    "198.51.100.4",
    "198.51.100.53",
    "203.0.113.200",
    "198.51.100.70",
    "::ffff:198.51.100.4",
    "198.51.100.4/32",
    "198.51.100.0/24",
    "198.51.0.0/16",
    "::ffff:c000:200/120",
    "2001:db8:1::5",
    "2001:db8::/32",
    "2001:db8:1:2::/64",
  ]) {
    assert.equal(told(decide({ target, acceptedPeers: 1e9 })), "never-block", target);
  }
});

test("without our own addresses or the server's nothing is blocked", () => {
  const gaps = neverBlock.filter(({ kind }) => kind !== "server");
  const decision = decide({}, { neverBlock: gaps });
  assert.deepEqual(decision.outcome === "refused" && decision.refusal, {
    code: "never-block-incomplete",
    missing: ["server"],
  });
  assert.equal(told(decide({}, { neverBlock: [] })), "never-block-incomplete");
});

test("an entry of the never-block list that cannot be read refuses everything", () => {
  const broken: NeverBlock[] = [...neverBlock, { target: "monitor.example", kind: "monitor" }];
  assert.equal(told(decide({}, { neverBlock: broken })), "never-block-unreadable");
});

test("a source that a verdict names is blocked only after completed handshakes", () => {
  const asked = { origin: "verdict", acceptedPeers: 9 } as const;
  const forged = [connection("203.0.113.7", { state: "SYN-RECEIVED" })];
  assert.equal(told(decide(asked)), "no-handshake");
  assert.equal(told(decide(asked, { connections: forged })), "no-handshake");
  assert.equal(told(decide(asked, { connections: [connection("203.0.113.7")] })), "plan");
  const prefix = { ...asked, target: "203.0.113.0/25" };
  const mostlyForged = [2, 3, 4].map((last) => connection(`203.0.113.${last}`, { state: "SYN-RECEIVED" }));
  assert.equal(
    told(decide(prefix, { connections: [connection("203.0.113.7"), ...mostlyForged] })),
    "no-handshake",
  );
});

test("what an operator names himself may be forged, and he is told so", () => {
  const decision = decide({}, { connections: [connection("203.0.113.7", { state: "SYN-RECEIVED" })] });
  assert.deepEqual(decision.outcome === "plan" && decision.preview.warnings, ["may-be-forged"]);
  const idle = decide({});
  assert.deepEqual(idle.outcome === "plan" && idle.preview.warnings, ["not-connected"]);
  const login = decide({}, { connections: [connection("203.0.113.7", { localPort: 22, process: "sshd" })] });
  assert.deepEqual(login.outcome === "plan" && login.preview.warnings, ["ssh-session"]);
});

test("known-good peers are cut only when the operator has seen as many, and by a verdict never", () => {
  const given = {
    knownGood: ["203.0.113.20", "203.0.113.21", "192.0.2.77"],
    connections: [connection("203.0.113.20")],
  };
  const asked = { target: "203.0.113.0/25" };
  const first = decide(asked, given);
  assert.deepEqual(first.outcome === "refused" && first.refusal, {
    code: "known-good",
    peers: 2,
    accepted: 0,
  });
  assert.equal(first.outcome === "refused" && first.preview?.knownGoodCount, 2);
  assert.equal(told(decide({ ...asked, acceptedPeers: 1 }, given)), "known-good");
  assert.equal(told(decide({ ...asked, acceptedPeers: 2 }, given)), "plan");
  assert.equal(told(decide({ ...asked, acceptedPeers: 2, origin: "verdict" }, given)), "known-good");
});

test("no block lasts longer than a day, none for no time", () => {
  for (const durationMs of [0, -1, 9_999, durationMsMax + 1, Number.NaN, Infinity]) {
    assert.equal(told(decide({ durationMs })), "duration", String(durationMs));
  }
  assert.equal(told(decide({ durationMs: durationMsMax })), "plan");
  assert.equal(told(decide({ action: "tarpit" })), "action-unknown");
});

test("the same twice is in force already; longer or otherwise replaces it", () => {
  const standing = block("203.0.113.7");
  const given = { blocks: [standing] };
  const same = decide({ durationMs: hourMs }, given);
  assert.deepEqual(same, { outcome: "in-force", by: standing });
  for (const asked of [{ durationMs: 2 * hourMs }, { action: "reject" }] as const) {
    const decision = decide(asked, given);
    assert.deepEqual(decision.outcome === "plan" && decision.replaces, [standing]);
  }
});

test("an address in a blocked prefix is in force, unless it is to last longer", () => {
  const given = { blocks: [block("203.0.113.0/25")] };
  assert.equal(told(decide({}, given)), "in-force");
  const longer = decide({ durationMs: 2 * hourMs }, given);
  assert.deepEqual(longer.outcome === "plan" && longer.replaces, []);
});

test("a wider prefix takes the place of narrower ones that end no later, and meets no other", () => {
  const narrow = [block("203.0.113.0/28"), block("203.0.113.16/28")];
  const wide = decide({ target: "203.0.113.0/25" }, { blocks: [...narrow, block("203.0.113.5")] });
  assert.deepEqual(wide.outcome === "plan" && wide.replaces, narrow);
  const lasting = block("203.0.113.32/28", { untilMs: now.ms + 5 * hourMs });
  const refused = decide({ target: "203.0.113.0/25" }, { blocks: [...narrow, lasting] });
  assert.deepEqual(refused.outcome === "refused" && refused.refusal, {
    code: "overlaps",
    target: "203.0.113.32/28",
    leftMs: 5 * hourMs,
  });
  const inside = decide({ target: "203.0.113.0/30", durationMs: 2 * hourMs }, { blocks: narrow });
  assert.equal(told(inside), "overlaps");
  assert.equal(told(decide({ target: "203.0.113.0/25", action: "reject" }, { blocks: [lasting] })), "plan");
});

test("so many an hour and no more, with the time when the next one may be", () => {
  const made = Array.from({ length: blocksPerHourMax }, (_, index) =>
    block(`203.0.113.${100 + index}`, {
      since: { ms: now.ms - 1_000_000 + index, bootId: "b1" },
      untilMs: now.ms - 1,
    }),
  );
  const decision = decide({}, { blocks: made });
  assert.deepEqual(decision.outcome === "refused" && decision.refusal, {
    code: "too-many-an-hour",
    max: blocksPerHourMax,
    againInMs: hourMs - 1_000_000,
  });
  assert.equal(told(decide({}, { blocks: made, now: { ...now, ms: now.ms + hourMs } })), "plan");
  const standing = Array.from({ length: blocksInForceMax }, (_, index) =>
    block(`10.0.${index >> 8}.${index & 255}`),
  );
  assert.equal(told(decide({}, { blocks: standing })), "too-many-in-force");
});

test("an end is counted on the host's own clock, and none outlives a restart", () => {
  const standing = block("203.0.113.7");
  assert.equal(leftMs(standing, now), hourMs);
  assert.equal(leftMs(standing, { ...now, ms: now.ms + hourMs }), 0);
  assert.equal(leftMs(standing, { ms: 5_000, bootId: "b2" }), 0);
  assert.equal(leftMs(standing, { ms: 5_000, bootId: "b1" }), 0);
  assert.equal(leftMs({ ...standing, untilMs: 1e300 }, now), durationMsMax);
  for (const ms of [Number.NaN, -1, Infinity]) {
    assert.equal(told(decide({}, { now: { ...now, ms } })), "clock-unreadable");
  }
  assert.equal(blocksInForce([standing, { ...standing, untilMs: now.ms + 1 }], now).length, 1);
});

test("whatever is asked, there is an answer", () => {
  const random = randomOf(3);
  const pieces = [
    "1",
    "0",
    "255",
    ".",
    ":",
    "/",
    "::",
    "ffff",
    "24",
    "%",
    " ",
    "-",
    "x",
    "\u0000",
    "fe80",
    "2001:db8",
    "é",
  ];
  const text = (): string =>
    Array.from({ length: Math.floor(random() * 9) }, () => pieces[Math.floor(random() * pieces.length)]).join(
      "",
    );
  const number = (): number => [0, -1, 1e308, Number.NaN, Infinity, 3_600_000][Math.floor(random() * 6)] ?? 0;
  const count = amount("BLOCK_TEXTS", { short: 5_000, long: 1_000_000 });
  for (let index = 0; index < count; index++) {
    const asked = { target: text(), action: text(), durationMs: number(), acceptedPeers: number() };
    const blocks = [block(text(), { since: { ms: number(), bootId: "b1" }, untilMs: number() })];
    const given = { blocks, knownGood: [text()], connections: [connection(text())] };
    assert.ok(
      told(decide({ ...asked, ...(random() < 0.5 ? { action: "drop", durationMs: hourMs } : {}) }, given)),
    );
  }
});

/** First and last address of what is blocked, worked out in another way than the planner does. */
function edgesOf(target: string): readonly [string, string] {
  const [address = "", length] = target.split("/");
  if (length === undefined) return [address, address];
  if (!address.includes(":")) {
    const first = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
    const last = first + 2 ** (32 - Number(length)) - 1;
    return [address, [24, 16, 8, 0].map((shift) => Math.floor(last / 2 ** shift) % 256).join(".")];
  }
  const groups = Array.from({ length: 8 }, (_, index) => address.split("::")[0]?.split(":")[index] ?? "0");
  const last = groups.map((group, index) => {
    const kept = Math.min(16, Math.max(0, Number(length) - 16 * index));
    return (Number.parseInt(group || "0", 16) | (0xffff >> kept)).toString(16);
  });
  return [address, last.join(":")];
}

test("of a thousand random requests, own paths among them, none locks anybody out", () => {
  const random = randomOf(11);
  const pick = <Value>(values: readonly Value[]): Value =>
    values[Math.floor(random() * values.length)] as Value;
  const whole = (below: number): number => Math.floor(random() * below);
  const paths = [
    "192.0.2.10",
    "192.0.2.1",
    "198.51.100.4",
    "198.51.100.53",
    "203.0.113.200",
    "198.51.100.70",
    "2001:db8:1::9",
  ];
  const near = (address: string): string =>
    address.includes(":")
      ? `2001:db8:${whole(3)}::${whole(9)}`
      : `${address.slice(0, address.lastIndexOf("."))}.${whole(256)}`;
  const masked = (address: string): string => {
    if (address.includes(":")) return `2001:db8:${whole(3)}::/${pick([32, 33, 40, 47, 48, 49, 64])}`;
    const length = whole(33);
    const value = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
    const first = value - (value % 2 ** (32 - length));
    return `${[24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join(".")}/${length}`;
  };
  const count = amount("BLOCK_REQUESTS", { short: 1_000, long: 200_000 });
  let blocks: Block[] = [];
  let planned = 0;
  for (let index = 0; index < count; index++) {
    const path = pick(paths);
    const target = pick([
      path,
      near(path),
      masked(path),
      masked(near(path)),
      path.includes(":") ? path : `::ffff:${path}`,
      `${whole(256)}.${whole(256)}.${whole(256)}.${whole(256)}`,
      pick(["0.0.0.0/0", "::/0", "127.0.0.1", "", "x", "192.0.2.1/99"]),
    ]);
    const time = { ms: now.ms + index * 200_000, bootId: "b1" };
    const connections = [path, near(path), target].map((remote) =>
      connection(remote, { state: pick(["SYN-RECEIVED", "ESTABLISHED"]) }),
    );
    const decision = planBlock(
      blockRequest({
        target,
        origin: pick(["operator", "verdict"]),
        acceptedPeers: whole(300),
        durationMs: pick([hourMs, durationMsMax, 1e12]),
      }),
      scene({ now: time, connections, blocks, knownGood: [near(path)] }),
    );
    if (decision.outcome !== "plan") continue;
    planned++;
    blocks = [...blocks, decision.block].slice(-600);
    const [first, last] = edgesOf(decision.block.target);
    for (const own of paths) {
      const sameFamily = own.includes(":") === first.includes(":");
      const isIn = sameFamily && compareAddresses(first, own) <= 0 && compareAddresses(own, last) <= 0;
      assert.ok(!isIn, `${target} became ${decision.block.target}, which holds ${own}`);
    }
    assert.ok(decision.block.untilMs - time.ms <= durationMsMax);
    const prefixes = blocksInForce(blocks, time).filter(({ target: one }) => one.includes("/"));
    assert.equal(new Set(prefixes.map(({ target: one }) => one)).size, prefixes.length);
  }
  assert.ok(planned > count / 20, `${planned} of ${count} were planned`);
});
