import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { hasUnsafeCharacters } from "../base/text.ts";
import { formatPortRange, parsePortRange } from "./port-range.ts";
import { parseHostSelector } from "./rule-host.ts";
import { parseExpiry, ruleSchema } from "./rule-schema.ts";

const read = (value: unknown) => ruleSchema.safeParse(value);
const problems = (value: unknown): string[] =>
  (read(value).error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);

test("a rule as people write it becomes a rule", () => {
  assert.deepEqual(
    read({ action: "allow", host: "10.0.0.0/8", process: "nc", ports: "8000-8100", expires: "2026-12-31" })
      .data,
    {
      action: "allow",
      host: "10.0.0.0/8",
      process: "nc",
      ports: { first: 8_000, last: 8_100 },
      transport: null,
      view: null,
      expiresAtMs: Date.UTC(2027, 0, 1),
      note: "",
    },
  );
  assert.deepEqual(read({ action: "forbid", ports: 23 }).data?.ports, { first: 23, last: 23 });
});

for (const [value, problem] of [
  [{ action: "allow" }, /names none of host, process, ports, transport, view/],
  [{ action: "deny", ports: 1 }, /^action:/],
  [{ ports: 1 }, /^action:/],
  [{ action: "allow", ports: 1, user: "x" }, /Unrecognized key/],
  [{ action: "allow", host: "" }, /^host: is empty/],
  [{ action: "allow", host: "*" }, /^host: is no host name/],
  [{ action: "allow", host: "10.0.0.0/33" }, /^host: needs a prefix length from 0 to 32 \(character 10\)/],
  [{ action: "allow", host: "10.0.0.300" }, /^host: is no IP address/],
  [{ action: "allow", host: "label:team" }, /^host: needs a label as label:key=value \(character 7\)/],
  [{ action: "allow", host: "web1\n" }, /^host: has control characters/],
  [
    { action: "allow", process: "sbin/nginx" },
    /^process: is neither a name nor a path from \/ \(character 5\)/,
  ],
  [{ action: "allow", process: "/usr//bin/x" }, /^process: is no plain path/],
  [{ action: "allow", process: "/usr/../x" }, /^process: is no plain path/],
  [{ action: "allow", process: " nc" }, /^process: begins or ends with white space/],
  [{ action: "allow", ports: "80-" }, /^ports: needs a port from 0 to 65535.* \(character 4\)/],
  [{ action: "allow", ports: "90-80" }, /^ports: begins with the larger port/],
  [{ action: "allow", ports: 65_536 }, /^ports: needs a port/],
  [{ action: "allow", ports: -1 }, /^ports: needs a port/],
  [{ action: "allow", ports: 1.5 }, /^ports:/],
  [{ action: "allow", ports: "80,443" }, /^ports:/],
  [{ action: "allow", ports: 1, expires: "2026-02-30" }, /^expires: is no date/],
  [{ action: "allow", ports: 1, expires: "tomorrow" }, /^expires: is no date/],
  [{ action: "allow", ports: 1, expires: "2026-12-31T10:00" }, /^expires: is no date/],
] as const) {
  test(`${JSON.stringify(value)} is refused`, () => {
    assert.match(problems(value).join("\n"), problem);
  });
}

test("an expiry is the end of its day or an instant", () => {
  assert.deepEqual(parseExpiry("2026-12-31"), { value: Date.UTC(2027, 0, 1) });
  assert.deepEqual(parseExpiry("2026-12-31T18:00:00+08:00"), { value: Date.UTC(2026, 11, 31, 10) });
});

test("a host is read as what it is", () => {
  const kinds = ["10.0.0.1", "2001:DB8::/32", "label:team=web", "Web1"].map((text) => {
    const parsed = parseHostSelector(text);
    return "value" in parsed ? parsed.value.kind : parsed.problem;
  });
  assert.deepEqual(kinds, ["block", "block", "label", "name"]);
});

test("a port range and its text are inverse", () => {
  const port = fc.integer({ min: 0, max: 65_535 });
  fc.assert(
    fc.property(port, port, (a, b) => {
      const range = { first: Math.min(a, b), last: Math.max(a, b) };
      assert.deepEqual(parsePortRange(formatPortRange(range)), { value: range });
    }),
  );
});

test("I8 I10 any text is read or refused with its place, and none that is read holds a control character", () => {
  const near = fc
    .tuple(
      fc.constantFrom(
        "10.0.0.0/8",
        "2001:db8::1",
        "label:team=web",
        "web1",
        "/usr/bin/nc",
        "8000-8100",
        "2026-12-31",
        "nc",
      ),
      fc.string({ unit: "binary", maxLength: 3 }),
      fc.nat(12),
    )
    .map(([text, inserted, at]) => text.slice(0, at) + inserted + text.slice(at));
  let taken = 0;
  fc.assert(
    fc.property(fc.oneof(near, fc.string({ unit: "binary", maxLength: 20 })), (text) => {
      for (const field of ["host", "process", "ports", "expires", "note"]) {
        const parsed = read({ action: "allow", transport: "tcp", [field]: text });
        if (parsed.success) {
          assert.equal(hasUnsafeCharacters(text), false, `${field}: ${JSON.stringify(text)}`);
          taken += 1;
        } else {
          assert.ok(parsed.error.issues.every(({ path, message }) => path[0] === field && message !== ""));
        }
      }
    }),
    { numRuns: 3_000 },
  );
  assert.ok(taken > 500);
});
