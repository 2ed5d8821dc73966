import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { freePort, portolan, up, withFolder } from "../cli/portolan.ts";
import type { Up } from "../cli/portolan.ts";
import { Lookout } from "../support/lookout.ts";
import {
  apiOf,
  deliver,
  ended,
  hostsOf,
  intakeTokenFor,
  listen,
  madeUp,
  makeToken,
  portOf,
  startAgent,
  unlisten,
  until,
  wait,
} from "./rig.ts";

/** A server without an agent of its own, that knows this machine as a host; and a token for an agent of it. */
async function serverWithHost(folder: string) {
  const address = `127.0.0.1:${await freePort()}`;
  // One start with the local agent makes the host.
  const first = await up(["--data", folder, "--listen", address]);
  const token = await makeToken(folder, "test", "--scope", "admin");
  const api = apiOf(first.url, token);
  const heard = async (): Promise<boolean> => (await hostsOf(api)).some(({ sources }) => sources.length > 0);
  assert.ok(await until(heard, 10_000));
  const intake = await intakeTokenFor(folder, api);
  await first.stop();
  const start = () => up(["--data", folder, "--listen", address, "--no-agent"]);
  return { start, api, intake, url: first.url };
}

interface LocalAgent {
  readonly pid: number;
  readonly words: string;
}

/** The agent that a server runs as its child. */
function agentOf(server: Up): LocalAgent | undefined {
  const { stdout } = spawnSync("ps", ["-o", "pid=,args=", "--ppid", String(server.child.pid)], {
    encoding: "utf8",
  });
  const line = stdout.split("\n").find((one) => one.includes("agent --local"));
  return line === undefined ? undefined : { pid: Number.parseInt(line, 10), words: line };
}

test(
  "a server that goes away and comes back hears all in order, and calls nothing down for the gap",
  { timeout: 90_000 },
  async () => {
    await withFolder(async (folder) => {
      const spool = join(folder, "spool");
      const { start, api, intake, url } = await serverWithHost(join(folder, "data"));
      let server = await start();
      const agent = startAgent(url, intake, spool);
      const steady = await listen(await freePort());
      const opened: Awaited<ReturnType<typeof listen>>[] = [];
      try {
        assert.ok(await until(async () => (await api.upPorts()).includes(portOf(steady)), 15_000));

        await server.stop("SIGKILL");
        const ports: number[] = [];
        for (let round = 0; round < 5; round += 1) {
          const listener = await listen(await freePort());
          opened.push(listener);
          ports.push(portOf(listener));
          await wait(1200);
        }
        assert.ok(
          readdirSync(spool).some((name) => name.endsWith(".spool")),
          "nothing was spooled",
        );
        server = await start();
        const there = async (): Promise<boolean> => {
          const found = await api.upPorts();
          return ports.every((one) => found.includes(one));
        };
        assert.ok(await until(there, 40_000, 250), "not everything arrived");
        await wait(5000);
        const events = (await api.events()).filter(({ endpoint }) =>
          [...ports, portOf(steady)].includes(endpoint.port),
        );
        const news = events.filter(({ kind }) => kind === "new").map(({ endpoint }) => endpoint.port);
        assert.deepEqual(
          news.filter((one) => ports.includes(one)).toReversed(),
          ports,
          "each is new once, in the order in which it opened",
        );
        assert.deepEqual(
          events.filter(({ kind }) => kind !== "new"),
          [],
        );
        assert.ok(await until(() => !readdirSync(spool).some((name) => name.endsWith(".spool")), 5000));
      } finally {
        agent.kill();
        await ended(agent);
        await Promise.all([steady, ...opened].map(unlisten));
        await server.stop();
      }
    });
  },
);

test(
  "an agent killed while the server is away loses nothing that it had kept",
  { timeout: 90_000 },
  async () => {
    await withFolder(async (folder) => {
      const spool = join(folder, "spool");
      const { start, api, intake, url } = await serverWithHost(join(folder, "data"));
      let server = await start();
      let agent = startAgent(url, intake, spool);
      const brief = await freePort();
      try {
        assert.ok(await until(() => existsSync(spool), 15_000));
        // Its first look is delivered by then.
        await wait(3000);
        await server.stop("SIGKILL");
        const listener = await listen(brief);
        listener.unref();
        const kept = (): boolean =>
          readdirSync(spool)
            .filter((name) => name.endsWith(".spool"))
            .some((name) => readFileSync(join(spool, name), "utf8").includes(`"port":${brief},`));
        assert.ok(await until(kept, 15_000), "the look was not kept");
        agent.kill("SIGKILL");
        await ended(agent);
        await unlisten(listener);
        server = await start();
        agent = startAgent(url, intake, spool);
        // It opened and closed while nobody could be told: the kept look still tells of it.
        const known = async (): Promise<boolean> =>
          (await api.events()).some(({ kind, endpoint }) => kind === "new" && endpoint.port === brief);
        assert.ok(await until(known, 20_000, 250));
      } finally {
        agent.kill();
        await ended(agent);
        await server.stop();
      }
    });
  },
);

test("a refused token is said, and the agent goes on trying slowly", { timeout: 30_000 }, async () => {
  await withFolder(async (folder) => {
    const server = await up(["--data", join(folder, "data"), "--listen", "127.0.0.1:0", "--no-agent"]);
    const agent = startAgent(server.url, "ptl_wrong", join(folder, "spool"));
    let said = "";
    agent.stderr?.on("data", (chunk) => (said += String(chunk)));
    try {
      assert.ok(await until(() => /refuses this agent's token: 401/.test(said), 10_000), said);
      assert.equal(agent.exitCode, null);
    } finally {
      agent.kill();
      await ended(agent);
      await server.stop();
    }
  });
});

test("the local agent ends with its parent, whatever kills it", { timeout: 30_000 }, async () => {
  await withFolder(async (folder) => {
    const server = await up(["--data", folder, "--listen", "127.0.0.1:0"]);
    assert.ok(await until(() => agentOf(server) !== undefined, 5000));
    const pid = agentOf(server)?.pid ?? 0;
    await server.stop("SIGKILL");
    const gone = (): boolean => {
      try {
        process.kill(pid, 0);
        return false;
      } catch {
        return true;
      }
    };
    assert.ok(await until(gone, 3000), "the agent lives on");
  });
});

test(
  "an agent that dies again and again is started without FFI, and that is said",
  { timeout: 60_000 },
  async () => {
    await withFolder(async (folder) => {
      const server = await up(["--data", folder, "--listen", "127.0.0.1:0"]);
      try {
        for (let round = 0; round < 3; round += 1) {
          assert.ok(await until(() => agentOf(server) !== undefined, 10_000));
          const { pid } = agentOf(server) as LocalAgent;
          process.kill(pid, "SIGSEGV");
          assert.ok(await until(() => agentOf(server)?.pid !== pid, 5000));
        }
        assert.ok(await until(() => agentOf(server)?.words.includes("--no-ffi") === true, 10_000));
        assert.match(server.stderr(), /without FFI/);
        const limited = async (): Promise<boolean> => {
          const { stdout } = await portolan(["status", "--json", "--data", folder]);
          return /FFI is switched off/.test(stdout);
        };
        assert.ok(await until(limited, 15_000, 500));
      } finally {
        await server.stop();
      }
    });
  },
);

test(
  "F12: an agent whose clock is off by an hour or a day causes no event, and its skew is shown",
  { timeout: 60_000 },
  async () => {
    await withFolder(async (folder) => {
      const { start, api, intake, url } = await serverWithHost(join(folder, "data"));
      const server = await start();
      try {
        const source = new Lookout();
        const tell = async (ports: readonly number[], hours: number): Promise<void> => {
          const atMs = Date.now() + hours * 3_600_000;
          const batch = source.full(ports.map(madeUp), { startedAtMs: atMs, endedAtMs: atMs });
          const response = await deliver(url, intake, batch);
          assert.equal(response.status, 200, await response.clone().text());
        };
        const ports = [4001, 4002];
        await tell(ports, 0);
        const before = new Set((await api.events()).map(({ id }) => id));
        for (const hours of [1, -1, 24, -24, 0]) {
          await tell(ports, hours);
          const skews = (await hostsOf(api)).flatMap(({ sources }) =>
            sources.map(({ clockSkewMs }) => Math.abs(clockSkewMs ?? 0)),
          );
          assert.ok(
            skews.some((skew) => Math.abs(skew - Math.abs(hours) * 3_600_000) < 60_000),
            `${hours} h: ${skews.join(", ")}`,
          );
        }
        const events = (await api.events()).filter(
          ({ id, endpoint }) => !before.has(id) && ports.includes(endpoint.port),
        );
        assert.deepEqual(events, []);
      } finally {
        await server.stop();
      }
    });
  },
);
