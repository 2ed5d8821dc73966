import { PortolanError } from "../../base/errors.ts";
import { canonicalAddress, compareAddresses } from "../../base/ip.ts";
import { showable } from "../../base/text.ts";
import { transports, type Transport } from "../../model/endpoint.ts";
import { portMax } from "../../model/port-range.ts";
import { portStates, type PortState } from "../../model/port-state.ts";
import type { ScannedHost, ScannedPort } from "../../model/scan-result.ts";

/** Ports in one file; more are refused, nothing of it is used. */
export const filePortsMax = 5_000_000;
/** Some 600 bytes of memory each. */
export const fileHostsMax = 2_000_000;
/** Kinds of counted ports that one host can have. */
export const extraMax = 64;
const shownMax = 64;

/** Where in a file something stands. */
export interface Place {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

export function badFile({ file, line }: Place, problem: string): PortolanError {
  return new PortolanError("invalid", `${showable(file)}:${line}: ${problem}`, {
    details: { file, line },
  });
}

/** Puts together what scanners write in pieces: one host in many records, one port in two. */
export interface ScanCollector {
  host(address: unknown, place: Place): MutableHost;
  /** Leaves out a host, whatever was said of it and will be. */
  forget(address: unknown, place: Place): void;
  hosts(): ScannedHost[];
}

export interface MutableHost {
  complete: boolean;
  readonly hostnames: Set<string>;
  readonly extra: ScannedHost["extra"][number][];
  add(port: ScannedPort, place: Place): void;
}

/** Hears of each port as soon as its record is whole. */
export type PortVisitor = (address: string, port: ScannedPort) => void;

export function scanCollector(visit: PortVisitor = () => undefined): ScanCollector {
  const hosts = new Map<string, MutableHost & { readonly ports: Map<string, ScannedPort> }>();
  const forgotten = new Set<string>();
  let total = 0;
  return {
    forget: (text, place) => void forgotten.add(addressOf(text, place)),
    host(text, place) {
      const address = addressOf(text, place);
      const known = hosts.get(address);
      if (known !== undefined) return known;
      if (hosts.size >= fileHostsMax) throw badFile(place, `more than ${fileHostsMax} addresses`);
      const ports = new Map<string, ScannedPort>();
      const host = {
        complete: true,
        hostnames: new Set<string>(),
        extra: [],
        ports,
        add(port: ScannedPort, at: Place): void {
          total += 1;
          if (total > filePortsMax) throw badFile(at, `more than ${filePortsMax} ports`);
          const key = `${port.transport} ${port.port}`;
          const before = ports.get(key);
          // A banner comes as a record of its own, without a state.
          const whole = { ...port, service: port.service ?? before?.service ?? null };
          ports.set(key, whole);
          if (before === undefined) visit(address, whole);
        },
      };
      hosts.set(address, host);
      return host;
    },
    hosts: () =>
      [...hosts]
        .filter(([address]) => !forgotten.has(address))
        .sort(([a], [b]) => compareAddresses(a, b))
        .map(([address, { complete, hostnames, ports, extra }]) => ({
          address,
          complete,
          hostnames: [...hostnames],
          ports: [...ports.values()].sort((a, b) => a.port - b.port || (a.transport < b.transport ? -1 : 1)),
          extra,
        })),
  };
}

function addressOf(value: unknown, place: Place): string {
  const address = typeof value === "string" ? canonicalAddress(value) : undefined;
  if (address === undefined) throw badFile(place, `${shown(value)} is no IP address`);
  return address;
}

export function portOf(value: unknown, place: Place): number {
  const written = typeof value === "string" && /^\d{1,5}$/.test(value);
  const port = typeof value === "number" || written ? Number(value) : Number.NaN;
  if (Number.isInteger(port) && port >= 0 && port <= portMax) return port;
  throw badFile(place, `${shown(value)} is no port`);
}

export function transportOf(value: unknown, place: Place): Transport {
  const transport = transports.find((name) => name === value);
  if (transport === undefined)
    throw badFile(place, `${shown(value)} is no transport: ${transports.join(", ")}`);
  return transport;
}

export function stateOf(value: unknown, place: Place): PortState {
  const state = portStates.find((name) => name === value);
  if (state === undefined)
    throw badFile(place, `${shown(value)} is no state of a port: ${portStates.join(", ")}`);
  return state;
}

function shown(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
  return `"${showable(text.slice(0, shownMax))}"`;
}
