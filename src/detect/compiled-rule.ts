// What: a rule with its host read and its width measured.
// Idea: "more specific" is a comparison of widths, field by field; it is made once per rule, not once per endpoint.
// Trap: two fields cannot be weighed against each other: a narrow host is not narrower than a narrow process.

import { assert } from "../base/errors.ts";
import { cidrContains } from "../base/cidr.ts";
import { bindingScope } from "../model/endpoint.ts";
import type { Host } from "../model/host.ts";
import { type HostSelector, parseHostSelector } from "../model/rule-host.ts";
import type { Rule } from "../model/rule.ts";

export type RuleHost = Pick<Host, "id" | "hostname" | "addresses" | "labels">;

export interface CompiledRule {
  readonly rule: Rule;
  readonly host: HostSelector | null;
  /** How many fields it names. */
  readonly fields: number;
  /** Smaller is narrower. */
  readonly hostWidth: number;
  readonly processWidth: number;
  readonly portsWidth: number;
}

/** A block of one address is 0 bits wide, as a name is. A label spans any number of hosts: wider than any block. */
const labelWidth = 129;
const anyWidth = 1_000_000;

export function compileRule(rule: Rule): CompiledRule {
  const parsed = rule.host === null ? undefined : parseHostSelector(rule.host);
  assert(parsed === undefined || "value" in parsed, `rule ${rule.id} has a host that cannot be read`);
  const host = parsed?.value ?? null;
  const { process, ports, transport, view } = rule;
  return {
    rule,
    host,
    fields: [host, process, ports, transport, view].filter((field) => field !== null).length,
    hostWidth: hostWidth(host),
    processWidth: processWidth(process),
    portsWidth: ports === null ? anyWidth : ports.last - ports.first,
  };
}

function hostWidth(host: HostSelector | null): number {
  if (host === null) return anyWidth;
  if (host.kind === "block") return 128 - host.block.bits;
  return host.kind === "label" ? labelWidth : 0;
}

function processWidth(process: string | null): number {
  if (process === null) return anyWidth;
  return process.startsWith("/") ? 0 : 1;
}

/** Whether `a` says as much as `b` or more. A partial order: of two rules often neither does. */
export function saysAsMuch(a: CompiledRule, b: CompiledRule): boolean {
  if (a.fields !== b.fields) return a.fields > b.fields;
  return a.hostWidth <= b.hostWidth && a.processWidth <= b.processWidth && a.portsWidth <= b.portsWidth;
}

/** The names by which a rule can name exactly this host, in lower case. */
export function hostNames(host: RuleHost): readonly string[] {
  return [host.id.toLowerCase(), host.hostname.toLowerCase()];
}

export function speaksOf(selector: HostSelector, host: RuleHost): boolean {
  if (selector.kind === "label") return host.labels[selector.key] === selector.value;
  if (selector.kind === "name") return hostNames(host).includes(selector.name);
  // Every machine has 127.0.0.1: a loopback address names none.
  return host.addresses.some(
    (address) => bindingScope(address) !== "loopback" && cidrContains(selector.block, address),
  );
}
