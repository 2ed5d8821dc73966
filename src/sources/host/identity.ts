// What: which machine this is.
// Trap: a hostname is no identity (clones share it); the machine-id is, and is missing in many containers.
// Source: machine-id(5), os-release(5).

import { readFileSync } from "node:fs";
import { hostname, networkInterfaces, release, type } from "node:os";
import { fitText } from "../../model/fit-listener.ts";
import type { HostIdentity } from "../../model/look.ts";
import { canonicalAddress } from "./address.ts";

const machineIdFiles = ["/etc/machine-id", "/var/lib/dbus/machine-id"];
const systemCharactersMax = 128;
const hostnameCharactersMax = 253;
const addressesMax = 1000;
/** As systemd calls a machine without a name; the intake takes no empty one. */
const noHostname = "localhost";

export function hostIdentity(): HostIdentity {
  return {
    hostname: fitText(hostname(), hostnameCharactersMax) || noHostname,
    machineId:
      machineIdFiles.map((path) => readMachineId(readOrEmpty(path))).find((id) => id !== null) ?? null,
    addresses: ownAddresses(),
    operatingSystem:
      readOperatingSystem(readOrEmpty("/etc/os-release")) ??
      fitText(`${type()} ${release()}`, systemCharactersMax),
  };
}

/** 32 hex digits, or null (`uninitialized`, empty). */
export function readMachineId(text: string): string | null {
  return /^([0-9a-f]{32})\s*$/.exec(text)?.[1] ?? null;
}

/** `PRETTY_NAME` of os-release, unquoted. */
export function readOperatingSystem(text: string): string | null {
  const quoted = /^PRETTY_NAME=(?:"([^"\n]*)"|'([^'\n]*)'|([^\s"']*))$/m.exec(text);
  const name = quoted?.[1] ?? quoted?.[2] ?? quoted?.[3] ?? "";
  return name === "" ? null : fitText(name, systemCharactersMax);
}

function ownAddresses(): string[] {
  const found = Object.values(networkInterfaces())
    .flatMap((entries) => entries ?? [])
    .filter(({ internal }) => !internal)
    .flatMap(({ address }) => canonicalAddress(address.split("%")[0] ?? "") ?? []);
  return [...new Set(found)].sort().slice(0, addressesMax);
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
