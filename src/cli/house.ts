import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Application } from "../app/application.ts";
import { openApplication } from "../app/open.ts";
import type { Config } from "../config/config.ts";
import type { RunningServer } from "../server/server.ts";
import type { CommandContext } from "./command.ts";
import { openControlSocket } from "./control-socket.ts";
import { createLog } from "./log.ts";

/** Application and HTTP server over one data folder, joined; not yet listening on TCP. */
export interface House {
  readonly application: Application;
  readonly server: RunningServer;
  readonly log: ReturnType<typeof createLog>;
  readonly hasWeb: boolean;
  /** Null when it could not be made: `controlProblem` says why. */
  readonly controlSocket: string | null;
  readonly controlProblem: string | null;
  /** Takes over what can change while running. */
  reconfigure(config: Config): Promise<void>;
  /** Drains and closes everything, the lock last. */
  close(): Promise<void>;
}

/** What is typed to start us. */
export const programPath = fileURLToPath(new URL("../../bin/portolan", import.meta.url));
export const webFolder = fileURLToPath(new URL("../../web/dist", import.meta.url));

/** Takes the data folder's lock; throws with a clear sentence when the folder or the database is not fit. */
export async function openHouse(context: CommandContext, folder: string, config: Config): Promise<House> {
  const { clock, terminal, version } = context;
  const log = createLog(terminal, process.stderr.isTTY, config.log.level);
  const opening = openApplication({
    dataFolder: folder,
    version,
    clock,
    settings: config,
    report: (level, message, facts) => log[level](facts, message),
  });
  // While its threads start on other cores, this one loads the HTTP server: a third of a second.
  const loading = import("../server/server.ts");
  const application = await opening;
  try {
    const { createServer } = await loading;
    const hasWeb = existsSync(join(webFolder, "index.html"));
    const server = await createServer({
      app: application,
      clock,
      log,
      publicUrl: config.publicUrl,
      hostNames: [hostname()],
      trustedProxies: config.trustedProxies,
      webFolder: hasWeb ? webFolder : null,
      limits: config.limits,
      setUp: { program: programPath, zabbix: config.zabbix },
    });
    const control = await openControlSocket(folder, server.handleLocal).catch((error: Error) => error);
    const socket = control instanceof Error ? null : control;
    return {
      application,
      server,
      log,
      hasWeb,
      controlSocket: socket?.path ?? null,
      controlProblem: control instanceof Error ? control.message : null,
      async reconfigure(next) {
        log.level = next.log.level;
        await application.reconfigure(next);
      },
      async close() {
        await socket?.close();
        await server.close();
        await application.close();
      },
    };
  } catch (error) {
    await application.close();
    throw error;
  }
}
