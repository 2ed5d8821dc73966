import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import type { ImportAnswer } from "../../src/model/scan-import.ts";
import { freePort, portolan, up, withFolder } from "./portolan.ts";

const hasNmap = spawnSync("nmap", ["--version"]).status === 0;

/** Takes a connection and lets it go, however it ends. */
const letGo = (socket: Socket): void => void socket.on("error", () => {}).destroy();

async function listenOn(t: TestContext): Promise<{ readonly port: number; readonly server: Server }> {
  const server = createServer(letGo);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return { port: (server.address() as { port: number }).port, server };
}

/** A server on a free port with an empty database; imports go through its data folder. */
async function withServer(use: (data: string, folder: string) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const data = join(folder, "data");
    const server = await up(["--data", data, "--no-agent", "--listen", `127.0.0.1:${await freePort()}`]);
    try {
      await use(data, folder);
    } finally {
      await server.stop();
    }
  });
}

async function importFile(file: string, data: string): Promise<ImportAnswer> {
  const { stdout, stderr, code } = await portolan(["import", file, "--data", data, "--json"]);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as ImportAnswer;
}

async function eventsOf(data: string): Promise<string[]> {
  const { stdout, stderr } = await portolan(["events", "--data", data, "--json"]);
  assert.equal(stderr, "");
  const { rows } = JSON.parse(stdout) as { rows: { kind: string; endpoint: { port: number } }[] };
  return rows.map(({ kind, endpoint }) => `${kind} ${endpoint.port}`);
}

test(
  "runs of nmap follow on each other: what appears is new, what is gone twice is down",
  { skip: !hasNmap && "needs nmap" },
  (t) =>
    withServer(async (data, folder) => {
      const [kept, gone, fresh] = [await listenOn(t), await listenOn(t), await freePort()];
      const ports = [kept.port, gone.port, fresh].join(",");
      const scan = (name: string): string => {
        const file = join(folder, `${name}.xml`);
        const { status, stderr } = spawnSync(
          "nmap",
          ["-sT", "-n", "-Pn", "-p", ports, "-oX", file, "127.0.0.1"],
          { encoding: "utf8" },
        );
        assert.equal(status, 0, stderr);
        return file;
      };
      const first = await importFile(scan("first"), data);
      assert.deepEqual([first.hosts, first.ports, first.events], [1, 2, 0]);

      gone.server.close();
      const opened = createServer(letGo);
      await new Promise<void>((resolve) => opened.listen(fresh, "127.0.0.1", resolve));
      t.after(() => opened.close());
      const second = scan("second");
      assert.equal((await importFile(second, data)).events, 1);
      assert.deepEqual(await eventsOf(data), [`new ${fresh}`]);
      // Missed twice, and more than `detect.missSpan` apart.
      await new Promise((resolve) => setTimeout(resolve, 2_100));
      assert.equal((await importFile(scan("third"), data)).events, 1);
      assert.deepEqual((await eventsOf(data)).sort(), [`down ${gone.port}`, `new ${fresh}`].sort());

      const old = await importFile(second, data);
      assert.deepEqual([old.hosts, old.older], [0, ["127.0.0.1"]], "an older file overrules nothing");
    }),
);

test("a file that is cut is refused with its line, and nothing of it is taken in", () =>
  withServer(async (data, folder) => {
    const file = join(folder, "cut.xml");
    writeFileSync(
      file,
      '<?xml version="1.0"?>\n<nmaprun scanner="nmap" start="1">\n<host><address addr="198.51.100.1" addrtype="ipv4"/>\n<ports><port protocol="tcp" portid="22"><state state="open"/></port>',
    );
    const { code, stderr } = await portolan(["import", file, "--data", data]);
    assert.equal(code, 2);
    assert.match(stderr, /cut\.xml:4/);
    const { stdout } = await portolan(["status", "--data", data, "--json"]);
    assert.doesNotMatch(stdout, /198\.51\.100\.1/);
  }));
