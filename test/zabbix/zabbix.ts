// A whole Zabbix on loopback: database, server, frontend; from Debian's packages, in a folder of its own.
import { execFile, execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { ended, postgresFolder, startDatabase, type Runner } from "./database.ts";

const frontendFolder = "/usr/share/zabbix";
const startMsMax = 60_000;
/** Where a frontend looks for its configuration, until we say otherwise. */
const configPath = "/etc/zabbix/zabbix.conf.php";

/** Why no Zabbix can be had here; undefined when it can. */
export function whyNoZabbix(): string | undefined {
  const programs = ["zabbix_server", "zabbix_agentd", "zabbix_get", "php"].filter(
    (program) => spawnSync("sh", ["-c", 'command -v -- "$0"', program], { env: environment }).status !== 0,
  );
  const missing = [
    ...programs,
    ...(postgresFolder === undefined ? ["postgresql"] : []),
    ...(existsSync(frontendFolder) ? [] : ["zabbix-frontend-php"]),
  ];
  if (missing.length > 0) return `needs ${missing.join(", ")}`;
  const modules = execFileSync("php", ["-m"], { encoding: "utf8" });
  if (!/^pgsql$/m.test(modules)) return "needs php-pgsql";
  if (process.getuid?.() === 0 && runnerUid() === undefined) return "needs the user postgres";
  return undefined;
}

const environment = { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin:/sbin` };

function runnerUid(): number | undefined {
  const { status, stdout } = spawnSync("id", ["-u", "postgres"], { encoding: "utf8" });
  return status === 0 ? Number(stdout) : undefined;
}

export interface Zabbix {
  /** The server's port for senders. */
  readonly trapperPort: number;
  /** One call of the API; throws with what the frontend says. */
  call<Result>(method: string, parameters: unknown): Promise<Result>;
  /** Makes the server read what the API has changed; by itself it does so once a minute. */
  reload(): Promise<void>;
  stopServer(): Promise<void>;
  startServer(): Promise<void>;
  /** A Zabbix agent with these lines in its configuration; its port. */
  startAgent(lines: readonly string[]): Promise<number>;
}

/** `ends` is told at once what must be undone in the end, also where the start fails. */
export async function startZabbix(ends: (undo: () => Promise<void>) => void): Promise<Zabbix> {
  const folder = mkdtempSync(join(tmpdir(), "portolan-zabbix-"));
  const uid = process.getuid?.() === 0 ? runnerUid() : undefined;
  const runner: Runner = uid === undefined ? {} : { uid, gid: uid };
  if (uid !== undefined) chownSync(folder, uid, uid);
  const children: ChildProcess[] = [];
  const run = (program: string, ...parameters: string[]): ChildProcess => {
    const child = spawn(program, parameters, { ...runner, cwd: folder, env: environment, stdio: "ignore" });
    children.push(child);
    return child;
  };

  ends(async () => {
    // The database ends last.
    for (const child of children.toReversed()) await ended(child);
    rmSync(folder, { recursive: true, force: true });
  });
  await startDatabase(folder, runner, run);
  const [trapperPort, webPort] = [await freeLowPort(), await freeLowPort()];
  const serverConfig = join(folder, "server.conf");
  writeFileSync(serverConfig, serverLines(folder, trapperPort));
  let server: ChildProcess | null = null;
  const startServer = async (): Promise<void> => {
    server = run("zabbix_server", "-f", "-c", serverConfig);
    await answers(trapperPort, server);
  };
  const frontend = copyFrontend(folder, trapperPort);
  const web = run("php", "-S", `127.0.0.1:${webPort}`, "-t", frontend);
  await Promise.all([startServer(), answers(webPort, web)]);

  let token: string | null = null;
  const call = async <Result>(method: string, parameters: unknown): Promise<Result> => {
    const response = await fetch(`http://127.0.0.1:${webPort}/api_jsonrpc.php`, {
      method: "POST",
      headers: { "content-type": "application/json-rpc" },
      body: JSON.stringify({ jsonrpc: "2.0", method, params: parameters, auth: token, id: 1 }),
    });
    const body = (await response.json()) as { result: Result; error?: unknown };
    if (body.error !== undefined) throw new Error(`${method}: ${JSON.stringify(body.error)}`);
    return body.result;
  };
  token = await call<string>("user.login", { username: "Admin", password: "zabbix" });

  return {
    trapperPort,
    call,
    async reload() {
      const parameters = ["-c", serverConfig, "-R", "config_cache_reload"];
      await promisify(execFile)("zabbix_server", parameters, { ...runner, env: environment });
    },
    startServer,
    async stopServer() {
      if (server !== null) await ended(server);
    },
    async startAgent(lines) {
      const port = await freeLowPort();
      const config = join(folder, `agent-${port}.conf`);
      const own = [
        "LogType=console",
        "AllowRoot=1",
        `PidFile=${config}.pid`,
        "Server=127.0.0.1",
        "ListenIP=127.0.0.1",
      ];
      writeFileSync(config, [...own, `ListenPort=${port}`, ...lines, ""].join("\n"));
      // Of the user who owns this checkout, which others may not be able to read.
      const agent = spawn("zabbix_agentd", ["-f", "-c", config], {
        cwd: folder,
        env: environment,
        stdio: "ignore",
      });
      children.push(agent);
      await answers(port, agent);
      return port;
    },
  };
}

const serverLines = (folder: string, port: number): string =>
  [
    `DBHost=${folder}`,
    "DBName=zabbix",
    "DBUser=zabbix",
    "ListenIP=127.0.0.1",
    `ListenPort=${port}`,
    "AllowRoot=1",
    "LogType=file",
    `LogFile=${folder}/server.log`,
    `PidFile=${folder}/server.pid`,
    `SocketDir=${folder}`,
    "StartPingers=0",
    "StartDiscoverers=0",
    "StartHTTPPollers=0",
    "",
  ].join("\n");

/** The path of its configuration stands in its code: it works on a copy. */
function copyFrontend(folder: string, serverPort: number): string {
  const copy = join(folder, "frontend");
  mkdirSync(copy);
  for (const name of ["api_jsonrpc.php", "app", "conf", "include", "local", "modules", "vendor"])
    cpSync(join(frontendFolder, name), join(copy, name), { recursive: true, dereference: true });
  const config = join(copy, "zabbix.conf.php");
  writeFileSync(
    config,
    `<?php
$DB = ["TYPE" => "POSTGRESQL", "SERVER" => "${folder}", "PORT" => "0", "DATABASE" => "zabbix",
  "USER" => "zabbix", "PASSWORD" => "", "SCHEMA" => "", "ENCRYPTION" => false, "DOUBLE_IEEE754" => true];
$ZBX_SERVER = "127.0.0.1";
$ZBX_SERVER_PORT = "${serverPort}";
$ZBX_SERVER_NAME = "";
$IMAGE_FORMAT_DEFAULT = IMAGE_FORMAT_PNG;
`,
  );
  const code = join(copy, "include/classes/core/CConfigFile.php");
  writeFileSync(code, readFileSync(code, "utf8").replace(configPath, config));
  return copy;
}

/** Waits until somebody listens there. */
async function answers(port: number, child: ChildProcess): Promise<void> {
  const endMs = performance.now() + startMsMax;
  while (!(await isOpen(port))) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with ${child.exitCode}`);
    if (performance.now() > endMs) throw new Error(`${child.spawnfile} does not answer on port ${port}`);
    await sleep(50);
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port }, () => resolve(true));
    socket.on("connect", () => socket.destroy());
    socket.on("error", () => resolve(false));
  });
}

/** Zabbix's programs listen on ports up to 32,767 only; the kernel gives higher ones. */
async function freeLowPort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}
