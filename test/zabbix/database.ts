// A PostgreSQL of our own, without a port: it is spoken to through a socket in a folder that goes away with it.
import { execFileSync, spawnSync, type ChildProcess } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";

/** PostgreSQL does not run as root. */
export interface Runner {
  readonly uid?: number;
  readonly gid?: number;
}

const schemaFolder = "/usr/share/zabbix-server-pgsql";
const stopMsMax = 20_000;

/** Of the newest version that is installed; undefined where there is none. */
export const postgresFolder = globSync("/usr/lib/postgresql/*/bin/initdb")
  .map((path) => path.replace(/\/initdb$/, ""))
  .sort((a, b) => Number(/\d+/.exec(b)?.[0]) - Number(/\d+/.exec(a)?.[0]))[0];

/** Starts a program that goes on, as the runner, in the folder. */
export type Run = (program: string, ...parameters: string[]) => ChildProcess;

/** With Zabbix's tables in the database `zabbix` of the user `zabbix`; libpq takes the folder for a host. */
export async function startDatabase(folder: string, runner: Runner, run: Run): Promise<void> {
  if (postgresFolder === undefined) throw new Error("no PostgreSQL on this machine");
  const [program, data] = [(name: string) => join(postgresFolder ?? "", name), join(folder, "database")];
  const options = { ...runner, cwd: folder, stdio: "pipe" } as const;
  const as = ["-U", "zabbix", "-h", folder];
  execFileSync(
    program("initdb"),
    ["-D", data, "-A", "trust", "-U", "zabbix", "-E", "UTF8", "--locale", "C", "--no-sync"],
    options,
  );
  const settings = {
    listen_addresses: "",
    unix_socket_directories: folder,
    fsync: "off",
    synchronous_commit: "off",
    full_page_writes: "off",
  };
  const server = run(
    program("postgres"),
    "-D",
    data,
    ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  );
  while (spawnSync(program("pg_isready"), ["-q", "-h", folder], options).status !== 0)
    if (server.exitCode === null) await sleep(20);
    else throw new Error("PostgreSQL does not start");
  execFileSync(program("createdb"), [...as, "zabbix"], options);
  // The pictures are loaded too: the data refers to them.
  const sql = ["schema", "images", "data"].map((name) =>
    gunzipSync(readFileSync(join(schemaFolder, `${name}.sql.gz`))),
  );
  execFileSync(program("psql"), [...as, "-q", "-1", "-v", "ON_ERROR_STOP=1", "zabbix"], {
    ...options,
    input: Buffer.concat(sql),
    stdio: ["pipe", "ignore", "pipe"],
  });
}

/** Resolves when it has ended, by force in the end. */
export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const end = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const force = setTimeout(() => child.kill("SIGKILL"), stopMsMax);
  await end;
  clearTimeout(force);
}
