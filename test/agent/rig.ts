import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import type { IntakeBatch } from "../../src/model/intake.ts";
import type { Listener } from "../../src/model/listener.ts";
import { plainEnvironment, portolan, program } from "../cli/portolan.ts";
import { listener, process as aProcess } from "../support/listener.ts";

export const isLong = process.env["PORTOLAN_LONG"] === "1";

export const wait = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Waits until it holds, at most `milliseconds`; says whether it did. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  milliseconds: number,
  pauseMs = 50,
): Promise<boolean> {
  const endMs = performance.now() + milliseconds;
  while (performance.now() < endMs) {
    if (await holds()) return true;
    await wait(pauseMs);
  }
  return holds();
}

export async function makeToken(folder: string, ...words: string[]): Promise<string> {
  const { stdout, stderr, code } = await portolan(["token", "create", ...words, "--data", folder]);
  if (code !== 0) throw new Error(stderr);
  return stdout.trim();
}

interface EventRow {
  readonly id: string;
  readonly kind: string;
  readonly endpoint: { readonly port: number };
}

/** The server's API for one token. */
export function apiOf(url: string, token: string) {
  const call = async <Body>(path: string): Promise<Body> => {
    const response = await fetch(`${url}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Body;
  };
  return {
    call,
    events: async (): Promise<readonly EventRow[]> =>
      (await call<{ readonly rows: readonly EventRow[] }>("/events?limit=1000")).rows,
    upPorts: async (): Promise<readonly number[]> =>
      (await call<{ readonly rows: readonly { readonly port: number }[] }>("/ports?limit=1000")).rows.map(
        ({ port }) => port,
      ),
  };
}

/** A remote agent, looking every second. */
export function startAgent(url: string, token: string, spool: string): ChildProcess {
  const words = ["agent", "--server", url, "--spool", spool, "--interval", "500ms"];
  return spawn(program, words, {
    env: plainEnvironment({ PORTOLAN_TOKEN: token }),
    stdio: ["ignore", "ignore", "pipe"],
  });
}

export function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.on("exit", () => resolve());
  });
}

export async function listen(port: number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return server;
}

export function unlisten(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

/** A listener that no machine has: on an address of its own, so that what really listens on the port is another. */
export const madeUp = (port: number): Listener =>
  listener({ port, address: "127.77.0.1" }, [aProcess(port + 1, "made-up")]);

export const portOf = (server: Server): number => (server.address() as AddressInfo).port;

interface Hosts {
  readonly rows: readonly {
    readonly hostname: string;
    readonly sources: readonly { readonly clockSkewMs: number | null }[];
  }[];
}

export async function hostsOf(api: ReturnType<typeof apiOf>): Promise<Hosts["rows"]> {
  return (await api.call<Hosts>("/hosts")).rows;
}

/** Token of an agent for the only host that the server knows. */
export async function intakeTokenFor(folder: string, api: ReturnType<typeof apiOf>): Promise<string> {
  const [host] = await hostsOf(api);
  return makeToken(folder, "agent", "--scope", "intake", "--host", host?.hostname ?? "");
}

/** Hands over one batch as an agent does. */
export function deliver(
  url: string,
  token: string,
  batch: IntakeBatch,
  signal?: AbortSignal,
): Promise<Response> {
  return fetch(`${url}/api/v1/intake`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(batch),
    ...(signal === undefined ? {} : { signal }),
  });
}
