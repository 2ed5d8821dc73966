import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import pino from "pino";
import { openApplication } from "../../src/app/open.ts";
import { settingsDefaults, type Settings } from "../../src/app/settings.ts";
import type { Application } from "../../src/app/application.ts";
import type { Clock } from "../../src/base/clock.ts";
import type { Role, TokenScope } from "../../src/model/account.ts";
import type { Limits } from "../../src/server/limits.ts";
import { createServer, type RunningServer } from "../../src/server/server.ts";
import { Caller } from "./caller.ts";

export const password = "correct horse battery staple";
export const roleNames = ["viewer", "operator", "admin"] as const;

export interface WorldOptions {
  readonly limits?: Partial<Limits>;
  readonly publicUrl?: string;
  readonly trustedProxies?: readonly string[];
  readonly webFolder?: string;
  readonly dataFolder?: string;
  readonly settings?: Settings;
  /** Keeps no log: for a million requests. */
  readonly quiet?: boolean;
}

/** A real server on 127.0.0.1 with a real database, and someone of every kind to ask it. */
export interface World {
  readonly app: Application;
  readonly server: RunningServer;
  readonly url: string;
  readonly dataFolder: string;
  /** Moves by hand on top of the real one. */
  readonly clock: Clock & { forwardMs: number };
  /** Everything that was logged, as text. */
  readonly log: () => string;
  readonly stranger: Caller;
  readonly setupToken: string;
  readonly people: Readonly<Record<Role, Caller>>;
  readonly tokens: Readonly<Record<TokenScope, Caller>>;
  readonly hostId: string;
  close(): Promise<void>;
}

export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const dataFolder = options.dataFolder ?? (await mkdtemp(join(tmpdir(), "portolan-server-")));
  const clock = {
    forwardMs: 0,
    nowMs(): number {
      return Date.now() + this.forwardMs;
    },
    monotonicMs: () => performance.now(),
  };
  const lines: string[] = [];
  const log = pino(
    { level: options.quiet === true ? "silent" : "trace" },
    new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk));
        done();
      },
    }),
  );
  const app = await openApplication({
    dataFolder,
    version: "0.0.0-test",
    clock,
    settings: options.settings ?? settingsDefaults,
    report: (level, message, facts) => log[level](facts, message),
  });
  const server = await createServer({
    app,
    clock,
    log,
    publicUrl: options.publicUrl ?? null,
    hostNames: [],
    trustedProxies: options.trustedProxies ?? [],
    webFolder: options.webFolder ?? null,
    limits: options.limits,
  });
  const { url } = await server.listen({ host: "127.0.0.1", port: 0 });
  const setupToken = (await app.accounts.issueSetupToken()) ?? "";
  const stranger = new Caller(url);
  const admin = new Caller(url);
  await admin.takeSession(await admin.post("/setup", { token: setupToken, name: "admin", password }));
  const people = { admin, operator: new Caller(url), viewer: new Caller(url) };
  for (const role of ["operator", "viewer"] as const) {
    await admin.post("/users", { name: role, password, role });
    await people[role].signIn(role, password);
  }
  const { hostId, tokenSecret } = await app.enrol("test", {
    hostname: "harbour-1",
    machineId: "0123456789abcdef0123456789abcdef",
    addresses: ["198.18.0.1"],
    operatingSystem: "Debian GNU/Linux 12",
  });
  const bearer = async (scope: TokenScope): Promise<Caller> => {
    const answer = await admin.post("/tokens", { name: `token-${scope}`, scope });
    return new Caller(url, ((await answer.json()) as { secret: string }).secret);
  };
  const tokens = {
    read: await bearer("read"),
    operate: await bearer("operate"),
    admin: await bearer("admin"),
    intake: new Caller(url, tokenSecret),
    scan: await bearer("scan"),
  };
  return {
    app,
    server,
    url,
    dataFolder,
    clock,
    log: () => lines.join(""),
    stranger,
    setupToken,
    people,
    tokens,
    hostId,
    close: async () => {
      await server.close();
      await app.close();
      if (options.dataFolder === undefined) await rm(dataFolder, { recursive: true, force: true });
    },
  };
}
