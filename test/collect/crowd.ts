// Makes 300 listeners of every kind, and changes them when it is told to.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createSocket } from "node:dgram";
import type { Socket } from "node:dgram";
import { once } from "node:events";
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { answerLines } from "./conversation.ts";

const [, , role = "lead", otherNamespace = ""] = process.argv;
const children = new Set<ChildProcess>();
const servers: Server[] = [];
const datagrams: Socket[] = [];

interface Handle {
  readonly fd: number;
}
const fdOf = (server: Server): number => (server as unknown as { _handle: Handle })._handle.fd;

async function listenTcp(port: number, host: string, reusePort = false, ipv6Only = false): Promise<Server> {
  const server = createServer();
  server.listen({ port, host, reusePort, ipv6Only });
  await once(server, "listening");
  servers.push(server);
  return server;
}

async function listenUdp(port: number, address: string, reusePort = false, ipv6Only = false): Promise<void> {
  const socket = createSocket({ type: address.includes(":") ? "udp6" : "udp4", reusePort, ipv6Only });
  socket.bind({ port, address });
  await once(socket, "listening");
  datagrams.push(socket);
}

/** A program that inherits `server` as descriptor 3, as systemd passes it. */
function inheritAs3(server: Server, command: string, ...parameters: string[]): ChildProcess {
  const child = spawn(command, parameters, {
    stdio: ["pipe", "ignore", "inherit", fdOf(server)],
    env: { ...process.env, LISTEN_FDS: "1" },
  });
  children.add(child);
  return child;
}

function helper(kind: string): ChildProcess {
  const child = spawn(process.execPath, [import.meta.filename, kind], {
    stdio: ["pipe", "ignore", "inherit", "ipc"],
  });
  children.add(child);
  return child;
}

const ended = new Promise<void>((resolve) => process.once("disconnect", resolve));

if (role === "reuse") {
  await listenTcp(7001, "127.0.0.1", true);
  await listenUdp(7002, "::1", true);
  process.send?.("ready");
  await ended;
  process.exit(0);
}
if (role === "receive") {
  process.on("message", (_message, handle) => {
    servers.push(handle as Server);
    process.send?.("received");
  });
  process.send?.("ready");
  await ended;
  process.exit(0);
}

const folder = mkdtempSync(join(tmpdir(), "portolan-crowd-"));
const hosts = ["127.0.0.1", "0.0.0.0", "::1", "::", "127.0.0.2"] as const;
for (let index = 0; index < 280; index++) {
  const host = hosts[index % hosts.length] ?? "::";
  const v6Only = host === "::" && index % 2 === 0;
  if (index % 4 === 0) await listenUdp(20_000 + index, host, false, v6Only);
  else await listenTcp(20_000 + index, host, false, v6Only);
}
// The same port on IPv4 and IPv6, and a mapped address.
await listenTcp(21_000, "0.0.0.0");
await listenTcp(21_000, "::", false, true);
await listenTcp(21_001, "::ffff:127.0.0.1");
await listenTcp(21_002, "fe80::1234%veth0");
await listenUdp(21_002, "fe80::1234%veth0");
for (let index = 0; index < 4; index++) await once(helper("reuse"), "message");
const receiver = helper("receive");
await once(receiver, "message");

const shared = await listenTcp(7100, "127.0.0.1");
const activated = await listenTcp(7101, "::1");
const replaced = await listenTcp(7102, "127.0.0.1");
const deleted = await listenTcp(7103, "127.0.0.1");
const abroad = await listenTcp(7104, "127.0.0.1");
const passed = await listenTcp(7105, "127.0.0.1");
for (let index = 0; index < 8; index++) inheritAs3(shared, "sleep", "1000");
inheritAs3(activated, "sleep", "1000");
const shell = inheritAs3(replaced, "sh", "-c", "read line; exec sleep 1001");
const copy = join(folder, "will be deleted");
copyFileSync("/bin/sleep", copy);
chmodSync(copy, 0o755);
inheritAs3(deleted, copy, "1000");
inheritAs3(abroad, "nsenter", `--net=/run/netns/${otherNamespace}`, "--", "sleep", "1000");
await new Promise((resolve) => setTimeout(resolve, 300));
rmSync(copy);

let turn = 0;
const actions: Readonly<Record<string, () => unknown>> = {
  ready: () => ({ pid: process.pid, shell: shell.pid }),
  pass: async () => {
    receiver.send("take", passed);
    await once(receiver, "message");
  },
  inherit: () => inheritAs3(shared, "sleep", "1002").pid,
  exec: async () => {
    shell.stdin?.write("go\n");
    await new Promise((resolve) => setTimeout(resolve, 300));
  },
  "end-worker": async () => {
    const worker = [...children].find(({ spawnargs }) => spawnargs[1] === "1000" && spawnargs[0] === "sleep");
    if (worker === undefined) throw new Error("no worker left");
    children.delete(worker);
    worker.kill();
    await once(worker, "exit");
  },
  /** As many descriptors as before: one closed, one opened. */
  exchange: async () => {
    const closing = servers.splice(1, 1)[0] as Server;
    closing.close();
    await once(closing, "close");
    await listenTcp(22_000 + turn++, "127.0.0.1");
  },
  /** A socket that was there before, and listens only now. */
  "udp-churn": async () => {
    const closing = datagrams.shift() as Socket;
    closing.close();
    await listenUdp(23_000 + turn++, "127.0.0.1");
    await listenUdp(0, "0.0.0.0");
  },
};

await answerLines(async (line) => (await actions[line]?.()) ?? "done");
for (const child of children) child.kill("SIGKILL");
rmSync(folder, { recursive: true, force: true });
process.exit(0);
