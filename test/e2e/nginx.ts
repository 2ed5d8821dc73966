import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const program = "/usr/sbin/nginx";
export const noNginx: string | false = existsSync(program) ? false : "no nginx on this machine: SKIPPED";
if (noNginx !== false) console.log(noNginx);

const run = promisify(execFile);
const patienceMs = 5_000;

export interface Nginx {
  /** Ends it and starts it again, as `systemctl restart` does. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** A real nginx on loopback with a folder of its own. */
export async function openNginx(port: number): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), "portolan-nginx-"));
  const pidFile = join(folder, "nginx.pid");
  const configuration = join(folder, "nginx.conf");
  writeFileSync(
    configuration,
    `pid ${pidFile};
error_log ${folder}/error.log;
worker_processes 2;
events { worker_connections 64; }
http { access_log off; client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p; fastcgi_temp_path ${folder}/f;
uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s; server { listen 127.0.0.1:${port}; } }
`,
  );
  const start = async (): Promise<void> => {
    await run(program, ["-c", configuration, "-p", folder]);
  };
  const stop = async (): Promise<void> => {
    const pid = Number(readFileSync(pidFile, "utf8"));
    process.kill(pid, "SIGTERM");
    const endMs = Date.now() + patienceMs;
    while (existsSync(pidFile) && Date.now() < endMs) await sleep(5);
  };
  await start();
  return {
    restart: async () => {
      await stop();
      await start();
    },
    close: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
