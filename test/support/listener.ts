import { type Coverage, everyPort } from "../../src/model/coverage.ts";
import { bindingScope, type Endpoint, transports } from "../../src/model/endpoint.ts";
import type { Listener } from "../../src/model/listener.ts";
import type { Process } from "../../src/model/process.ts";

/** Everything of a host. */
export const fullCoverage: Coverage = transports.map((transport) => ({
  transport,
  addresses: "any",
  ports: everyPort,
  networkNamespaces: "any",
}));

export function process(pid: number, name: string, more: Partial<Process> = {}): Process {
  return {
    pid,
    parentPid: 1,
    name,
    executablePath: `/usr/bin/${name}`,
    commandLine: `/usr/bin/${name} --serve`,
    startTimeMs: 1_000 + pid,
    user: name,
    unit: `${name}.service`,
    containerId: null,
    ...more,
  };
}

export function listener(
  endpoint: Partial<Endpoint>,
  processes: readonly Process[],
  more: Partial<Listener> = {},
): Listener {
  const address = endpoint.address ?? "0.0.0.0";
  return {
    transport: "tcp",
    address,
    port: 8080,
    interface: null,
    networkNamespace: null,
    scope: bindingScope(address),
    sockets: 1,
    processes,
    leaders: processes.map(({ pid }) => pid),
    ownerUnknown: processes.length === 0 ? "needs root or CAP_SYS_PTRACE" : null,
    ...endpoint,
    ...more,
  };
}

/** For who cares for the port alone. */
export const listenerOn = (port: number): Listener => listener({ port }, [process(port + 1, "sshd")]);
