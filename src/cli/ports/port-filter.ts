import { PortolanError } from "../../base/errors.ts";
import { rangeSet, rangesContain } from "../../base/range-set.ts";
import type { RangeSet } from "../../base/range-set.ts";
import { showable } from "../../base/text.ts";
import type { BindingScope, Transport } from "../../model/endpoint.ts";
import type { Say } from "../language/language.ts";
import type { PortRow } from "./port-row.ts";

export interface PortFilterOptions {
  readonly port?: string;
  readonly transport?: Transport;
  readonly listeningOn?: BindingScope;
  readonly process?: string;
  readonly user?: string;
}

/** A test that a row passes when every given option agrees. */
export function portFilter(options: PortFilterOptions, say: Say): (row: PortRow) => boolean {
  const ports = options.port === undefined ? undefined : parsePorts(options.port, say);
  const name = options.process?.toLowerCase();
  return (row) =>
    (ports === undefined || rangesContain(ports, row.port)) &&
    (options.transport === undefined || row.transport === options.transport) &&
    (options.listeningOn === undefined || row.scope === options.listeningOn) &&
    (name === undefined ||
      row.processes.some((process) => (process.name ?? "").toLowerCase().includes(name))) &&
    (options.user === undefined || row.processes.some((process) => process.user === options.user));
}

/** `22,80,8000-8999`; an empty list is refused, it never means all. */
export function parsePorts(text: string, say: Say): RangeSet {
  const ranges = text.split(",").map((part) => {
    const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part.trim());
    const first = Number(match?.[1]);
    const last = Number(match?.[2] ?? match?.[1]);
    if (match === null || first > last || last > 65_535) {
      throw new PortolanError("invalid", `--port: ${say("ports.bad-ports", { text: showable(text) })}`, {
        hint: say("ports.bad-ports-hint"),
      });
    }
    return { first, last };
  });
  return rangeSet(ranges);
}
