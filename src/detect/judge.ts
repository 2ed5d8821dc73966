// What: which rule decides what is seen or told, and whether the port is dangerous.
// Idea: the rule that says most wins: the one that names more fields, then the one that is nowhere wider and somewhere
//   narrower. Where neither says more, forbid beats allow beats ignore, so that a doubt is told.
// Trap: several owners share a socket. A rule that quiets must hold for all of them, a rule that forbids for one; and
//   where an owner is unknown nothing is quieted by process. A dangerous port is never ignored.
// Source: ../../ARCHITECTURE.md, "Life of an observation"; the index keeps 10,000 rules below a millisecond.

import type { View } from "../model/coverage.ts";
import type { Endpoint } from "../model/endpoint.ts";
import type { Verdict } from "../model/event.ts";
import type { Rule, RuleAction } from "../model/rule.ts";
import {
  type CompiledRule,
  compileRule,
  hostNames,
  type RuleHost,
  saysAsMuch,
  speaksOf,
} from "./compiled-rule.ts";
import { highRiskOf } from "./high-risk.ts";
import { type Held, isNamed, mentions, type OwnerNames, ownerNames } from "./owner-names.ts";

/** Rules by what most often tells that they do not apply. */
interface Shelf {
  readonly byProcess: ReadonlyMap<string, readonly CompiledRule[]>;
  readonly byPort: ReadonlyMap<number, readonly CompiledRule[]>;
  readonly others: readonly CompiledRule[];
}

/** Rules ready to judge by; made once per change of the rules. */
export interface RuleIndex {
  readonly everywhere: Shelf;
  readonly byHostName: ReadonlyMap<string, readonly CompiledRule[]>;
  readonly byHostGroup: readonly CompiledRule[];
  /** Rules to ignore that name no host. */
  readonly ignoring: readonly CompiledRule[];
  /** False: nothing is filtered before recording, so nobody need ask. */
  readonly ignores: boolean;
}

/** Speaks for one look: one host, one view, one time. */
export interface Judge {
  /** Whether the endpoint is not to be recorded at all. */
  ignores(endpoint: Endpoint, held: () => Held): boolean;
  verdict(endpoint: Endpoint, held: Held): Verdict;
}

/** The host of every rule must be readable (`parseHostSelector`). */
export function indexRules(rules: readonly Rule[]): RuleIndex {
  const everywhere: CompiledRule[] = [];
  const byHostName = new Map<string, CompiledRule[]>();
  const byHostGroup: CompiledRule[] = [];
  for (const rule of rules.map(compileRule)) {
    if (rule.host === null) everywhere.push(rule);
    else if (rule.host.kind === "name") put(byHostName, rule.host.name, rule);
    else byHostGroup.push(rule);
  }
  const ignores = rules.some(({ action }) => action === "ignore");
  const ignoring = everywhere.filter(isIgnore);
  return { everywhere: shelve(everywhere), byHostName, byHostGroup, ignoring, ignores };
}

const isIgnore = ({ rule }: CompiledRule): boolean => rule.action === "ignore";

const holdsPort = ({ ports }: Rule, port: number): boolean =>
  ports === null || (port >= ports.first && port <= ports.last);

function shelve(rules: readonly CompiledRule[]): Shelf {
  const byProcess = new Map<string, CompiledRule[]>();
  const byPort = new Map<number, CompiledRule[]>();
  const others: CompiledRule[] = [];
  for (const compiled of rules) {
    const { process, ports } = compiled.rule;
    if (process !== null) put(byProcess, process, compiled);
    else if (ports !== null && ports.first === ports.last) put(byPort, ports.first, compiled);
    else others.push(compiled);
  }
  return { byProcess, byPort, others };
}

function put<Key>(map: Map<Key, CompiledRule[]>, key: Key, rule: CompiledRule): void {
  const list = map.get(key);
  if (list) list.push(rule);
  else map.set(key, [rule]);
}

export function createJudge(index: RuleIndex, host: RuleHost, view: View, nowMs: number): Judge {
  let shelves: readonly Shelf[] | undefined;
  let ignoring: Shelf | undefined;
  const winner = (endpoint: Endpoint, held: Held): Rule | null => {
    shelves ??= [index.everywhere, shelve(rulesOfHost(index, host))];
    // Most events meet no rule at all: names are only made for one that asks for them.
    let names: OwnerNames | undefined;
    return decide(shelves, endpoint, () => (names ??= ownerNames(held)), view, nowMs);
  };
  // Asked of everything that is seen, and nearly always no: first whether any rule to ignore could match at all.
  const mayIgnore = (endpoint: Endpoint, held: () => Held): boolean => {
    ignoring ??= shelve([...index.ignoring, ...rulesOfHost(index, host).filter(isIgnore)]);
    return (
      ignoring.byPort.has(endpoint.port) ||
      ignoring.others.some(({ rule }) => holdsPort(rule, endpoint.port)) ||
      (ignoring.byProcess.size > 0 && mentions(held(), ignoring.byProcess))
    );
  };
  return {
    ignores: (endpoint, held) =>
      index.ignores &&
      mayIgnore(endpoint, held) &&
      !highRiskOf(endpoint) &&
      winner(endpoint, held())?.action === "ignore",
    verdict: (endpoint, held) => {
      const rule = winner(endpoint, held);
      const action = rule === null || rule.action === "ignore" ? "none" : rule.action;
      return { action, ruleId: rule?.id ?? null, highRisk: highRiskOf(endpoint)?.code ?? null };
    },
  };
}

function rulesOfHost(index: RuleIndex, host: RuleHost): CompiledRule[] {
  return [
    ...new Set(hostNames(host).flatMap((name) => index.byHostName.get(name) ?? [])),
    ...index.byHostGroup.filter((rule) => rule.host !== null && speaksOf(rule.host, host)),
  ];
}

function decide(
  shelves: readonly Shelf[],
  endpoint: Endpoint,
  names: () => OwnerNames,
  view: View,
  nowMs: number,
): Rule | null {
  // Those that none beats. Widths are few, so it stays short however many rules match.
  let top: CompiledRule[] = [];
  const weigh = (candidate: CompiledRule): void => {
    for (const other of top) if (beats(other, candidate)) return;
    const { rule } = candidate;
    if (rule.transport !== null && rule.transport !== endpoint.transport) return;
    if (!holdsPort(rule, endpoint.port)) return;
    if (rule.view !== null && rule.view !== view) return;
    if (rule.expiresAtMs !== null && rule.expiresAtMs <= nowMs) return;
    if (rule.process !== null && !isNamed(names(), rule.process, rule.action === "forbid")) return;
    top = top.filter((other) => !beats(candidate, other));
    top.push(candidate);
  };
  for (const shelf of shelves) {
    if (shelf.byProcess.size > 0) {
      const everyName = new Set(names().perOwner.flatMap((owner) => [...owner]));
      for (const name of everyName) shelf.byProcess.get(name)?.forEach(weigh);
    }
    shelf.byPort.get(endpoint.port)?.forEach(weigh);
    shelf.others.forEach(weigh);
  }
  const [first = null, ...rest] = top;
  return (
    rest.reduce((best, rule) => (best === null || outranks(rule, best) ? rule : best), first)?.rule ?? null
  );
}

const rank: Readonly<Record<RuleAction, number>> = { forbid: 2, allow: 1, ignore: 0 };

/** Of two that say as much; the lower id decides what nothing else does, so that the order of rules never matters. */
function outranks(a: CompiledRule, b: CompiledRule): boolean {
  const difference = rank[a.rule.action] - rank[b.rule.action];
  return difference === 0 ? a.rule.id < b.rule.id : difference > 0;
}

/** `a` says more, or says as much and outranks: `b` is out of the running. */
function beats(a: CompiledRule, b: CompiledRule): boolean {
  return saysAsMuch(a, b) && (!saysAsMuch(b, a) || a === b || outranks(a, b));
}
