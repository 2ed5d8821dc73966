// Portolan as it is started by people: a remote agent with a port for Zabbix, and a server that tells its trapper.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { apiOf, makeToken } from "../agent/rig.ts";
import { plainEnvironment, program, up, type Up } from "../cli/portolan.ts";
import { until } from "./configuration.ts";
import { ended } from "./database.ts";

export interface AnsweringAgent {
  readonly port: number;
}

type Ends = (undo: () => Promise<void>) => void;

function folderThatGoes(ends: Ends): string {
  const folder = mkdtempSync(join(tmpdir(), "portolan-product-"));
  ends(async () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** `portolan agent` whose server is away: Zabbix is answered all the same. */
export async function startAnsweringAgent(ends: Ends): Promise<AnsweringAgent> {
  const zabbix = ["--zabbix-listen", "127.0.0.1:0", "--zabbix-allow", "127.0.0.1,192.0.2.0/24"];
  const server = ["--server", "http://127.0.0.1:1", "--spool", folderThatGoes(ends), "--interval", "500ms"];
  const child = spawn(program, ["agent", ...server, ...zabbix], {
    env: plainEnvironment({ PORTOLAN_TOKEN: "ptl_of-no-server" }),
    stdio: ["ignore", "ignore", "pipe"],
  });
  ends(() => ended(child));
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const port = await until("a port for Zabbix", () => {
    if (child.exitCode !== null) throw new Error(`the agent ended: ${said}`);
    return /answers Zabbix on 127\.0\.0\.1:(\d+)/.exec(said)?.[1];
  });
  return { port: Number(port) };
}

/** `portolan up`, which knows every host under one name in Zabbix and has looked at this machine. */
export async function startTellingServer(ends: Ends, trapperPort: number, zabbixHost: string): Promise<Up> {
  const folder = folderThatGoes(ends);
  const [config, data] = [join(folder, "portolan.yaml"), join(folder, "data")];
  const trapper = `{server: "127.0.0.1:${trapperPort}", counts: on, hostname: ${zabbixHost}}`;
  writeFileSync(config, `agent: {interval: 1s}\nzabbix: {trapper: ${trapper}}\n`);
  const server = await up(["--data", data, "--config", config, "--listen", "127.0.0.1:0"]);
  ends(async () => void (await server.stop()));
  const api = apiOf(server.url, await makeToken(data, "test", "--scope", "read"));
  await until("a first look", async () => (await api.upPorts()).length > 0 || undefined);
  return server;
}

export interface OwnPort {
  readonly port: number;
}

/** A port of this process; who connects and ends is left half closed. */
export async function listenSomewhere(ends: Ends): Promise<OwnPort> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket.on("error", () => undefined).resume());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ends(async () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { port: (server.address() as AddressInfo).port };
}

/** Connections of which one side is in FIN-WAIT-2 and the other in CLOSE-WAIT, until they are released. */
export async function heldConnections({ port }: OwnPort, count: number): Promise<() => void> {
  const open = (): Promise<Socket> =>
    new Promise((resolve, reject) => {
      const socket = connect({ host: "127.0.0.1", port, allowHalfOpen: true }, () => {
        socket.end();
        resolve(socket);
      });
      socket.on("error", reject);
    });
  const sockets = await Promise.all(Array.from({ length: count }, open));
  return () => {
    for (const socket of sockets) socket.destroy();
  };
}
