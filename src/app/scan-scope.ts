import { isIP } from "node:net";
import { PortolanError } from "../base/errors.ts";
import { addressFromBytes } from "../base/ip.ts";
import type { Parsed } from "../base/parsed.ts";
import { rangesMinus, rangesSize } from "../base/range-set.ts";
import { showable } from "../base/text.ts";
import { parseDataRate } from "../base/data-rate.ts";
import type { ScanPlanOrder } from "../model/scan-plan.ts";
import { pairsMax } from "../sources/scan/answer-map.ts";
import { parsePorts } from "../sources/scan/port-list.ts";
import { hostsMax } from "../sources/scan/scan.ts";
import { guardTargets, type Scope } from "../sources/scan/scope.ts";
import { ipv4Text, sizeOf, unionOf, without, type TargetSet } from "../sources/scan/target-set.ts";
import { parseTarget } from "../sources/scan/targets.ts";
import type { Settings } from "./settings.ts";

const labelPattern = /^label:([^=\s]+)=(.+)$/;

/** Addresses of the hosts that carry a label. */
export type AddressesByLabel = (key: string, value: string) => Promise<readonly string[]>;

/** What may be scanned, as the configuration says. */
export function declaredScope({ scope, exclude }: Settings["scan"]): Scope {
  const read = (texts: readonly string[], key: string): TargetSet =>
    unionOf(texts.map((text, index) => readOrRefuse(parseTarget(text), `${key}.${index}`, text)));
  return { allowed: read(scope, "scan.scope"), excluded: read(exclude, "scan.exclude") };
}

/**
 * The addresses that a plan comes to now. `invalid` with the entry that is not understood, `forbidden` for one outside
 * of the scope: of a label only those inside are taken, because a machine has addresses that nobody else can reach.
 */
export async function planTargets(
  plan: ScanPlanOrder,
  scope: Scope,
  addressesByLabel: AddressesByLabel,
): Promise<TargetSet> {
  if (sizeOf(scope.allowed) === 0) {
    throw new PortolanError("forbidden", "No scope is declared, so nothing may be scanned.", {
      hint: "List the addresses that are yours under scan.scope in the configuration.",
      details: { reason: "no-scope" },
    });
  }
  const named: TargetSet[] = [];
  for (const [index, text] of plan.targets.entries()) {
    const [, key, value] = labelPattern.exec(text) ?? [];
    if (key === undefined || value === undefined) {
      named.push(readOrRefuse(parseTarget(text), `targets.${index}`, text));
      continue;
    }
    const found = (await addressesByLabel(key, value)).filter((address) => isIP(address) !== 0);
    const all = unionOf(
      found.map((address) => readOrRefuse(parseTarget(address), `targets.${index}`, address)),
    );
    named.push(without(all, without(all, scope.allowed)));
  }
  const excluded = unionOf(
    plan.exclude.map((text, index) => readOrRefuse(parseTarget(text), `exclude.${index}`, text)),
  );
  const targets = guardTargets(unionOf(named), {
    allowed: scope.allowed,
    excluded: unionOf([scope.excluded, excluded]),
  });
  const ports = portCount(plan);
  if (sizeOf(targets) > hostsMax || sizeOf(targets) * ports > pairsMax) {
    throw new PortolanError("invalid", "These are too many addresses and ports for one plan.", {
      hint: "Make several plans of it.",
      details: { hosts: sizeOf(targets), ports, hostsMax, pairsMax },
    });
  }
  return targets;
}

/** How many ports a plan asks for, of both transports; `invalid` when none is left, or the list is not understood. */
export function portCount({ ports, excludePorts }: ScanPlanOrder): number {
  const wanted = readOrRefuse(parsePorts(ports, ["tcp"]), "ports", ports);
  const excluded =
    excludePorts === null
      ? { tcp: [], udp: [] }
      : readOrRefuse(parsePorts(excludePorts, ["tcp", "udp"]), "excludePorts", excludePorts);
  const count =
    rangesSize(rangesMinus(wanted.tcp, excluded.tcp)) + rangesSize(rangesMinus(wanted.udp, excluded.udp));
  if (count === 0) throw mistake("ports", "leaves no port to scan");
  return count;
}

/** Everything of a plan that can be judged without asking who is there. */
export function checkPlan(plan: ScanPlanOrder): void {
  portCount(plan);
  if (plan.bandwidth !== null) readOrRefuse(parseDataRate(plan.bandwidth), "bandwidth", plan.bandwidth);
}

/** One range of IPv4 or one address of IPv6 each. */
export function targetTexts({ ipv4, ipv6 }: TargetSet): string[] {
  return [
    ...ipv4.map(({ first, last }) =>
      first === last ? ipv4Text(first) : `${ipv4Text(first)}-${ipv4Text(last)}`,
    ),
    ...ipv6.map((hex) => addressFromBytes(Buffer.from(hex, "hex"))),
  ];
}

function readOrRefuse<Value>(parsed: Parsed<Value>, path: string, text: string): Value {
  if ("value" in parsed) return parsed.value;
  throw mistake(path, `"${showable(text)}" ${parsed.problem} (character ${parsed.at + 1})`);
}

function mistake(path: string, problem: string): PortolanError {
  return new PortolanError("invalid", `${path}: ${problem}`, { details: { mistakes: [{ path, problem }] } });
}
