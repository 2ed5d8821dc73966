// Network namespaces for tests: loopback up, no way out, gone at the end.
import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess, SpawnOptions } from "node:child_process";

export interface Namespace {
  readonly name: string;
  /** Runs to its end, at most 300 s; throws with its stderr when it fails. */
  run(command: string, ...parameters: string[]): string;
  spawn(command: string, parameters: readonly string[], options?: SpawnOptions): ChildProcess;
  close(): void;
}

const runMsMax = 300_000;
const outputBytesMax = 256 * 1024 * 1024;

/** Why namespaces cannot be made here; undefined when they can. */
export function whyNoNamespaces(...programs: readonly string[]): string | undefined {
  if (process.platform !== "linux") return "needs Linux";
  if (process.getuid?.() !== 0) return "needs root to make network namespaces";
  const missing = ["ip", "nsenter", ...programs].filter(
    (program) => spawnSync("sh", ["-c", 'command -v -- "$0"', program]).status !== 0,
  );
  if (missing.length > 0) return `needs ${missing.join(", ")}`;
  const name = `portolan-probe-${process.pid}`;
  const made = spawnSync("ip", ["netns", "add", name], { encoding: "utf8" });
  if (made.status !== 0) return `ip netns add fails: ${made.stderr.trim()}`;
  spawnSync("ip", ["netns", "delete", name]);
  return undefined;
}

let made = 0;

export function createNamespace(): Namespace {
  const name = `portolan-${process.pid}-${++made}`;
  runToEnd("ip", ["netns", "add", name]);
  const enter = [`--net=/run/netns/${name}`, "--"];
  const namespace: Namespace = {
    name,
    run: (command, ...parameters) => runToEnd("nsenter", [...enter, command, ...parameters]),
    spawn: (command, parameters, options = {}) =>
      spawn("nsenter", [...enter, command, ...parameters], options),
    close: () => void spawnSync("ip", ["netns", "delete", name]),
  };
  namespace.run("ip", "link", "set", "lo", "up");
  return namespace;
}

/** Gives it the device `veth0` with the link-local address fe80::1234, whose zone is part of an endpoint. */
export function addZone(namespace: Namespace): void {
  namespace.run("ip", "link", "add", "veth0", "type", "veth", "peer", "name", "veth1");
  for (const device of ["veth0", "veth1"]) namespace.run("ip", "link", "set", device, "up");
  namespace.run("ip", "-6", "address", "add", "fe80::1234/64", "dev", "veth0", "nodad");
}

function runToEnd(command: string, parameters: readonly string[]): string {
  const done = spawnSync(command, parameters, {
    encoding: "utf8",
    timeout: runMsMax,
    maxBuffer: outputBytesMax,
  });
  if (done.status !== 0) {
    throw new Error(
      `${command} ${parameters.join(" ")}: ${done.stderr || String(done.error ?? done.signal)}`,
    );
  }
  return done.stdout;
}
