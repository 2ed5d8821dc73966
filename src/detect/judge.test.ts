import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { listener, process } from "../../test/support/listener.ts";
import { rule as aRule } from "../../test/support/rule.ts";
import type { Endpoint } from "../model/endpoint.ts";
import { ownersOf } from "../model/owner.ts";
import type { Process } from "../model/process.ts";
import type { Rule, RuleAction } from "../model/rule.ts";
import type { RuleHost } from "./compiled-rule.ts";
import { createJudge, indexRules } from "./judge.ts";
import type { Held } from "./owner-names.ts";

const rule = (id: string, action: RuleAction, says: Partial<Rule>): Rule => aRule({ id, action, ...says });
const only = (port: number): Rule["ports"] => ({ first: port, last: port });
const range = (first: number, last: number): Rule["ports"] => ({ first, last });

const host: RuleHost = {
  id: "0190a000-0000-7000-8000-000000000001",
  hostname: "Web1.example.org",
  addresses: ["10.10.10.10", "2001:db8::10", "127.0.0.1", "::1"],
  labels: { team: "web" },
};

const held = (processes: readonly Process[], ownerUnknown: string | null = null): Held => ({
  owners: ownersOf(processes),
  processes,
  ownerUnknown,
});
const nc = held([process(1, "nc")]);

const judged = (
  rules: readonly Rule[],
  endpoint: Partial<Endpoint> = {},
  by: Held = nc,
  where: RuleHost = host,
): string => {
  const { action, ruleId } = createJudge(indexRules(rules), where, "inside", 1_000).verdict(
    listener(endpoint, []),
    by,
  );
  return ruleId === null ? action : `${action} by ${ruleId}`;
};

test("without a rule there is no verdict", () => {
  assert.equal(judged([]), "none");
});

test("a process that is allowed on one host is forbidden on others", () => {
  const rules = [
    rule("anywhere", "forbid", { process: "nc" }),
    rule("here", "allow", { process: "nc", host: "10.10.10.10" }),
  ];
  assert.equal(judged(rules), "allow by here");
  assert.equal(judged(rules, {}, nc, { ...host, addresses: ["10.10.10.11"] }), "forbid by anywhere");
});

for (const [title, more, less] of [
  ["more fields beat a narrower one", { host: "10.0.0.0/8", transport: "tcp" }, { host: "10.10.10.10" }],
  ["an address beats a block", { host: "10.10.10.10" }, { host: "10.10.10.0/24" }],
  ["a narrow block beats a wide one", { host: "10.10.0.0/16" }, { host: "10.0.0.0/8" }],
  ["a block beats a label", { host: "10.0.0.0/8" }, { host: "label:team=web" }],
  ["a name beats a block", { host: "web1.example.org" }, { host: "10.10.10.0/24" }],
  ["a path beats a name", { process: "/usr/bin/nc" }, { process: "nc" }],
  ["a port beats a range", { ports: only(8080) }, { ports: range(8000, 8100) }],
  ["a narrow range beats a wide one", { ports: range(8000, 8100) }, { ports: range(1, 65_535) }],
] as const) {
  test(title, () => {
    for (const actions of [
      ["allow", "forbid"],
      ["forbid", "allow"],
    ] as const) {
      const rules = [rule("more", actions[0], more), rule("less", actions[1], less)];
      assert.equal(judged(rules), `${actions[0]} by more`);
      assert.equal(judged(rules.toReversed()), `${actions[0]} by more`);
    }
  });
}

test("where neither says more, forbid beats allow and allow beats ignore", () => {
  const says = [{ host: "10.10.10.10" }, { process: "nc" }] as const;
  for (const [one, other] of [says, says.toReversed()]) {
    assert.equal(judged([rule("a", "allow", one ?? {}), rule("b", "forbid", other ?? {})]), "forbid by b");
    assert.equal(judged([rule("a", "allow", one ?? {}), rule("b", "ignore", other ?? {})]), "allow by a");
  }
});

test("a rule names a host by id, by name in any case, by address and by label, never by loopback", () => {
  for (const named of [host.id, "WEB1.example.org", "10.10.10.10", "2001:db8::/64", "label:team=web"]) {
    assert.equal(judged([rule("r", "allow", { host: named })]), "allow by r", named);
  }
  for (const named of ["web1", "10.10.10.1", "127.0.0.1", "::1/128", "127.0.0.0/8", "label:team=db"]) {
    assert.equal(judged([rule("r", "allow", { host: named })]), "none", named);
  }
});

test("a rule names a process by every spelling that the machine shows", () => {
  const gunicorn = held([
    process(5, "gunicorn: master [app]", {
      executablePath: "/usr/bin/python3.11",
      commandLine: "/usr/bin/python3.11 /srv/venv/bin/gunicorn app:app",
    }),
  ]);
  for (const named of ["gunicorn", "python3.11", "/usr/bin/python3.11", "/srv/venv/bin/gunicorn"]) {
    assert.equal(judged([rule("r", "allow", { process: named })], {}, gunicorn), "allow by r", named);
  }
  assert.equal(judged([rule("r", "allow", { process: "python" })], {}, gunicorn), "none");
  const netcat = held([process(5, "nc", { executablePath: "/usr/bin/nc.openbsd" })]);
  assert.equal(judged([rule("r", "allow", { process: "nc" })], {}, netcat), "allow by r");
});

test("a shared port is quiet when all its owners are allowed, and forbidden when one is", () => {
  const shared = held([process(1, "nginx"), process(2, "nc")]);
  assert.equal(judged([rule("r", "allow", { process: "nginx" })], {}, shared), "none");
  assert.equal(judged([rule("r", "forbid", { process: "nc" })], {}, shared), "forbid by r");
});

test("an owner that is unknown is never quieted by process", () => {
  assert.equal(judged([rule("r", "allow", { process: "nc" })], {}, held([])), "none");
  assert.equal(
    judged([rule("r", "allow", { process: "nc" })], {}, held([process(1, "nc")], "one could not be read")),
    "none",
  );
  assert.equal(judged([rule("r", "allow", { ports: only(8080) })], {}, held([])), "allow by r");
});

test("a rule ends at its time", () => {
  assert.equal(judged([rule("r", "allow", { process: "nc", expiresAtMs: 1_001 })]), "allow by r");
  assert.equal(judged([rule("r", "allow", { process: "nc", expiresAtMs: 1_000 })]), "none");
});

test("a verdict names the danger of the port, whatever the rules say", () => {
  const redis = listener({ port: 6379 }, []);
  const judge = createJudge(indexRules([rule("r", "allow", { ports: only(6379) })]), host, "inside", 0);
  assert.deepEqual(judge.verdict(redis, nc), { action: "allow", ruleId: "r", highRisk: "redis" });
  assert.equal(judge.verdict({ ...redis, address: "127.0.0.1" }, nc).highRisk, null);
});

test("what is ignored is not recorded, unless another rule says more or the port is dangerous", () => {
  const ignores = (rules: readonly Rule[], endpoint: Partial<Endpoint> = {}, by = nc): boolean =>
    createJudge(indexRules(rules), host, "inside", 0).ignores(listener(endpoint, []), () => by);
  const quiet = rule("q", "ignore", { process: "nc" });
  assert.ok(ignores([quiet]));
  assert.ok(!ignores([quiet, rule("f", "forbid", { process: "nc", ports: only(8080) })]));
  assert.ok(!ignores([quiet, rule("a", "allow", { host: "10.10.10.10" })]));
  assert.ok(!ignores([quiet], { port: 6379 }));
  assert.ok(ignores([quiet], { port: 6379, address: "127.0.0.1" }));
  assert.ok(!ignores([quiet], {}, held([process(1, "nginx")])));
  assert.ok(ignores([rule("q", "ignore", { host: "10.0.0.0/8" })]));
  assert.ok(ignores([rule("q", "ignore", { ports: range(8000, 9000) })]));
  assert.ok(!ignores([rule("q", "ignore", { ports: only(22) })]));
});

test("the index finds what a look at every rule finds, in whatever order they stand", () => {
  const says = fc.record({
    host: fc.constantFrom(
      null,
      null,
      "10.10.10.10",
      "10.0.0.0/8",
      "label:team=web",
      "web1.example.org",
      "9.9.9.9",
    ),
    process: fc.constantFrom(null, null, "nc", "/usr/bin/nc", "nginx"),
    ports: fc.constantFrom(null, null, only(8080), range(8000, 9000), range(1, 65_535), only(22)),
    transport: fc.constantFrom(null, "tcp" as const, "udp" as const),
    action: fc.constantFrom<RuleAction>("allow", "ignore", "forbid"),
  });
  fc.assert(
    fc.property(fc.array(says, { maxLength: 12 }), (given) => {
      const rules = given.map(({ action, ...one }, index) => rule(`r${index}`, action, one));
      const verdict = judged(rules);
      assert.equal(judged(rules.toReversed()), verdict);
      const alone = rules.filter((one) => judged([one]) !== "none");
      assert.equal(verdict === "none", alone.length === 0);
      // A rule that does not apply decides nothing.
      assert.equal(judged(alone), verdict);
    }),
    { numRuns: 300 },
  );
});
