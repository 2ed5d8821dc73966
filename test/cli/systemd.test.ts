import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { up, withFolder } from "./portolan.ts";

const units = join(import.meta.dirname, "../../packaging/systemd");
const checkout = join(import.meta.dirname, "../..");

/** Node cannot listen on a datagram socket of the UNIX kind; each datagram becomes a line. */
const listener = `import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind(sys.argv[1])
while True: print(s.recv(4096).decode().replace("\\n", " "), flush=True)`;

function isAbsent(program: string, t: TestContext): boolean {
  if (spawnSync(program, ["--version"]).status === 0) return false;
  t.skip(`${program} is not installed: the units and their messages are not tried`);
  return true;
}

test("systemd is told that the server is ready, alive and stopping", async (t) => {
  if (isAbsent("systemd-notify", t) || isAbsent("python3", t)) return;
  await withFolder(async (folder) => {
    const socket = join(folder, "notify");
    const python = spawn("python3", ["-c", listener, socket], { stdio: ["ignore", "pipe", "inherit"] });
    let heard = "";
    python.stdout.on("data", (chunk: Buffer) => (heard += chunk.toString()));
    const hears = async (expected: RegExp): Promise<void> => {
      for (let tries = 0; tries < 100 && !expected.test(heard); tries += 1) await sleep(50);
      assert.match(heard, expected);
    };
    try {
      for (let tries = 0; tries < 100 && !existsSync(socket); tries += 1) await sleep(50);
      const environment = { NOTIFY_SOCKET: socket, WATCHDOG_USEC: "400000" };
      const server = await up(["--data", join(folder, "data"), "--listen", "127.0.0.1:0", "--no-agent"], {
        environment,
      });
      try {
        await hears(new RegExp(`^MAINPID=${server.child.pid} READY=1$`, "m"));
        assert.equal((await fetch(`${server.url}/readyz`)).status, 200);
        await hears(/(WATCHDOG=1$[\s\S]*){2}/m);
        assert.doesNotMatch(heard, /STOPPING/);
      } finally {
        assert.equal(await server.stop(), 0);
      }
      await hears(/ STOPPING=1$/m);
    } finally {
      python.kill();
    }
  });
});

test("systemd finds nothing wrong with the units", async (t) => {
  if (isAbsent("systemd-analyze", t)) return;
  await withFolder(async (folder) => {
    for (const name of ["portolan.service", "portolan-agent.service"]) {
      const file = join(folder, name);
      writeFileSync(file, readFileSync(join(units, name), "utf8").replaceAll("/opt/portolan", checkout));
      const { status, stdout, stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", file], {
        encoding: "utf8",
        timeout: 20_000,
      });
      assert.equal(status, 0, stdout + stderr);
      assert.equal(stdout + stderr, "", name);
    }
  });
});
