import type { Rule } from "../../src/model/rule.ts";

/** A rule that names nothing; `says` names. */
export function rule(says: Partial<Rule>): Rule {
  return {
    id: "r",
    action: "ignore",
    host: null,
    process: null,
    ports: null,
    transport: null,
    view: null,
    expiresAtMs: null,
    note: "",
    author: "test",
    ...says,
  };
}

/** Rules that are told apart by another field each; the `index`-th of its kind. */
const kinds: Readonly<Record<string, (index: number) => Partial<Rule>>> = {
  ports: (index) => ({ ports: { first: index, last: index } }),
  "wide ranges": (index) => ({ ports: { first: 0, last: 50_000 + index } }),
  processes: (index) => ({ process: `program-${index}` }),
  "one process": (index) => ({ process: "served", ports: { first: 0, last: 8_000 + index } }),
  hosts: (index) => ({ host: `198.18.${index >> 8}.${index & 255}` }),
  "wide blocks": (index) => ({ host: `198.${index & 127}.0.0/8`, ports: { first: 0, last: 50_000 + index } }),
  labels: (index) => ({ host: `label:team=${index % 7}`, process: "served" }),
};

/** So many rules of each kind, with every action among them. */
export function rulesByKind(count: number): readonly (readonly [kind: string, rules: readonly Rule[]])[] {
  return Object.entries(kinds).map(([kind, says]) => [
    kind,
    Array.from({ length: count }, (_, index) =>
      rule({
        id: `rule-${index}`,
        action: (["allow", "ignore", "forbid"] as const)[index % 3] ?? "allow",
        ...says(index),
      }),
    ),
  ]);
}
