import { fork, type ChildProcess } from "node:child_process";
import { openWorld } from "./world.ts";

/** A world in a process of its own, so that its loop and memory are measured without the sender's. */
export interface ServerProcess {
  readonly url: string;
  readonly viewerCookie: string;
  readonly adminToken: string;
  /** One per host. */
  readonly intakeTokens: readonly string[];
  report(): Promise<Report>;
  stop(): Promise<void>;
}

export interface Report {
  readonly rssMiB: number;
  readonly loopP99Ms: number;
  readonly loopMaxMs: number;
}

interface Ready {
  readonly url: string;
  readonly viewerCookie: string;
  readonly adminToken: string;
  readonly intakeTokens: readonly string[];
}

export async function startServerProcess(hosts: number): Promise<ServerProcess> {
  const child = fork(import.meta.filename, [String(hosts)], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const ready = await message<Ready>(child);
  return {
    ...ready,
    report: async () => {
      child.send("report");
      return message<Report>(child);
    },
    stop: async () => {
      const exit = new Promise((resolve) => child.once("exit", resolve));
      child.send("stop");
      await exit;
    },
  };
}

function message<Message>(child: ChildProcess): Promise<Message> {
  return new Promise((resolve, reject) => {
    child.once("message", (given) => resolve(given as Message));
    child.once("exit", (code) => reject(new Error(`the server's process ended with ${code}`)));
  });
}

async function serve(hosts: number): Promise<void> {
  const world = await openWorld();
  const intakeTokens: string[] = [];
  for (let index = 0; index < hosts; index += 1) {
    const { tokenSecret } = await world.app.enrol("test", {
      hostname: `host-${index}`,
      machineId: index.toString(16).padStart(32, "0"),
      addresses: [`198.18.${index >> 8}.${index & 255}`],
      operatingSystem: null,
    });
    intakeTokens.push(tokenSecret);
  }
  process.on("message", (asked) => {
    if (asked === "stop") void world.close().then(() => process.disconnect());
    if (asked !== "report") return;
    const { loop } = world.server.state;
    process.send?.({
      rssMiB: process.memoryUsage().rss / 1024 / 1024,
      loopP99Ms: loop.delayMs(99),
      loopMaxMs: loop.delayMs(100),
    } satisfies Report);
    loop.resetDelay();
  });
  process.send?.({
    url: world.url,
    viewerCookie: world.people.viewer.cookie ?? "",
    adminToken: world.tokens.admin.token ?? "",
    intakeTokens,
  } satisfies Ready);
}

if (import.meta.main) await serve(Number(process.argv[2]));
