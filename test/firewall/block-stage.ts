// A host with a server on one side and clients on the other, in namespaces without a way out.
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";
import { controlSocketName } from "../../src/cli/data-folder.ts";
import type { HostBlocks } from "../../src/app/host-blocks.ts";
import type { BlockDeed } from "../../src/model/block-deed.ts";
import { until } from "../agent/rig.ts";
import { plainEnvironment, portolan, program, up, type Up } from "../cli/portolan.ts";
import { createNamespace, type Namespace } from "../support/namespace.ts";
import { socketApi, type SocketApi } from "../support/socket-api.ts";

export const address = {
  host: "10.77.0.1",
  bystander: "10.77.0.2",
  attacker: "10.77.1.9",
  login: "10.77.1.10",
  hostControl: "10.88.0.1",
  server: "10.88.0.2",
  gateway: "10.88.0.3",
} as const;
const servicePort = 8_099;
const loginPort = 22;

export interface Road {
  readonly host: Namespace;
  readonly clients: Namespace;
  readonly server: Namespace;
}

/** The host serves its clients; to the server it has a link of its own. */
export async function layRoad(t: TestContext): Promise<Road> {
  const [host, clients, server] = [createNamespace(), createNamespace(), createNamespace()];
  t.after(() => [host, clients, server].forEach((namespace) => namespace.close()));
  const link = (device: string, peer: Namespace): void => {
    host.run("ip", "link", "add", device, "type", "veth", "peer", "name", "up0", "netns", peer.name);
    host.run("ip", "link", "set", device, "up");
    peer.run("ip", "link", "set", "up0", "up");
  };
  link("work0", clients);
  link("control0", server);
  host.run("ip", "address", "add", `${address.host}/16`, "dev", "work0");
  host.run("ip", "address", "add", `${address.hostControl}/24`, "dev", "control0");
  for (const one of [address.bystander, address.attacker, address.login]) {
    clients.run("ip", "address", "add", `${one}/16`, "dev", "up0");
  }
  for (const one of [address.server, address.gateway]) {
    server.run("ip", "address", "add", `${one}/24`, "dev", "up0");
  }
  host.run("ip", "route", "add", "default", "via", address.gateway);
  await start(t, host, [
    "-e",
    `for (const port of [${servicePort}, ${loginPort}]) require("node:net").createServer((socket) =>
      socket.on("error", () => {}).pipe(socket)).listen(port, "::", () => port === ${loginPort} && console.log("ready"))`,
  ]);
  return { host, clients, server };
}

/** Node in a namespace, ready with its first line. */
export async function start(
  t: TestContext,
  namespace: Namespace,
  words: readonly string[],
): Promise<ChildProcess> {
  const child = namespace.spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => child.kill("SIGKILL"));
  assert.ok(child.stdout);
  await once(child.stdout, "data");
  return child;
}

/** A client that is connected until it is told apart: when, on this process's monotonic clock. */
export interface Client {
  readonly closedAtMs: () => number | null;
  /** Whether bytes still come back. */
  answers(): Promise<boolean>;
}

const client = `
const [localAddress, host, port] = process.argv.slice(1);
const socket = require("node:net").connect({ host, port: Number(port), localAddress }, () => console.log("open"));
socket.setNoDelay(true);
socket.on("data", () => console.log("back"));
socket.on("error", () => {});
socket.on("close", () => { console.log("closed"); process.exit(); });
process.stdin.on("data", (bytes) => socket.write(bytes));
`;

export async function connect(
  t: TestContext,
  from: Namespace,
  [localAddress, host, port]: readonly [string, string, number],
): Promise<Client> {
  const words = ["-e", client, localAddress, host, String(port)];
  const child = from.spawn(process.execPath, words, { stdio: ["pipe", "pipe", "inherit"] });
  t.after(() => child.kill("SIGKILL"));
  assert.ok(child.stdout && child.stdin);
  child.stdin.on("error", () => undefined);
  let closedAtMs: number | null = null;
  let back = 0;
  const lines = createInterface(child.stdout);
  lines.on("line", (line) => {
    if (line === "closed") closedAtMs = performance.now();
    if (line === "back") back += 1;
  });
  await once(lines, "line");
  return {
    closedAtMs: () => closedAtMs,
    async answers() {
      const before = back;
      child.stdin?.write("x");
      return until(() => back > before, 1_500, 20);
    },
  };
}

export const connectClient = (t: TestContext, { clients }: Road, from: string): Promise<Client> =>
  connect(t, clients, [from, address.host, from === address.login ? loginPort : servicePort]);

export interface Product {
  readonly api: SocketApi;
  /** The server's folder. */
  readonly data: string;
  readonly hostName: string;
  readonly hostId: string;
  readonly server: () => Up;
  /** Ends the server and starts it again on the same data. */
  restartServer(): Promise<void>;
  agent: ChildProcess;
  startAgent(): ChildProcess;
  blocks(): Promise<HostBlocks>;
  block(target: string, more?: Readonly<Record<string, unknown>>): Promise<BlockDeed>;
  deed(id: string): Promise<BlockDeed | undefined>;
}

/** A server in its namespace and an agent that may block on the host. */
export async function startProduct(t: TestContext, road: Road): Promise<Product> {
  const folder = mkdtempSync(join(tmpdir(), "portolan-blocks-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const data = join(folder, "data");
  const before = ["nsenter", `--net=/run/netns/${road.server.name}`, "--"];
  const words = ["--data", data, "--listen", `${address.server}:7317`, "--no-scan-node"];
  const api = socketApi(join(data, controlSocketName));
  let server = await up(words, { before });
  t.after(() => server.stop());
  const hosts = async (): Promise<readonly { readonly id: string; readonly hostname: string }[]> =>
    (
      await api.get<{ readonly rows: readonly { readonly id: string; readonly hostname: string }[] }>(
        "/hosts",
      )
    ).rows;
  assert.ok(await until(async () => (await hosts()).length > 0, 10_000));
  const [host] = await hosts();
  assert.ok(host);
  const restart = async (): Promise<void> => {
    await server.stop();
    server = await up([...words, "--no-agent"], { before });
  };
  await restart();
  const made = await portolan([
    "token",
    "create",
    "blocker",
    "--scope",
    "intake",
    "--host",
    host.hostname,
    "--data",
    data,
  ]);
  assert.equal(made.code, 0, made.stderr);
  const startAgent = (): ChildProcess => {
    const options = [
      "--server",
      `http://${address.server}:7317`,
      "--spool",
      join(folder, "spool"),
      "--block",
    ];
    const child = road.host.spawn(program, ["agent", ...options], {
      env: plainEnvironment({ PORTOLAN_TOKEN: made.stdout.trim() }),
      stdio: ["ignore", "ignore", "inherit"],
    });
    t.after(() => child.kill("SIGKILL"));
    return child;
  };
  const blocks = async (): Promise<HostBlocks> =>
    (await api.get<{ readonly now: HostBlocks }>(`/hosts/${host.id}/blocks`)).now;
  const product: Product = {
    api,
    data,
    hostName: host.hostname,
    hostId: host.id,
    server: () => server,
    restartServer: restart,
    agent: startAgent(),
    startAgent: () => (product.agent = startAgent()),
    blocks,
    block: (target, more) => api.post(`/hosts/${host.id}/blocks`, { target, durationMs: 600_000, ...more }),
    deed: async (id) =>
      (await api.get<{ readonly deeds: readonly BlockDeed[] }>(`/hosts/${host.id}/blocks`)).deeds.find(
        (one) => one.id === id,
      ),
  };
  assert.ok(await until(async () => (await blocks()).state === "ready", 15_000), "the agent asks for orders");
  return product;
}

/** Seconds that a target stays blocked, by the kernel's own list; 0: it is not. */
export function leftInKernel({ host }: Road, target: string): number {
  const found = new RegExp(`"val": "${target}", "timeout": \\d+, "expires": (\\d+)`);
  return Number(found.exec(host.run("sh", "-c", "nft -j list table inet portolan || true"))?.[1] ?? 0);
}

/** Connections of a remote that the host's kernel holds. */
export const connectionsOf = ({ host }: Road, remote: string): number =>
  host.run("ss", "-Htn", "state", "connected", "dst", remote).split("\n").filter(Boolean).length;
