import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import test from "node:test";
import type { PortRow } from "../../src/cli/ports/port-row.ts";
import { converse } from "../collect/conversation.ts";
import { ofSs } from "../collect/truth.ts";
import type { Truth } from "../collect/truth.ts";
import { addZone, createNamespace, whyNoNamespaces } from "../support/namespace.ts";
import { portolan, program, withFolder } from "./portolan.ts";

interface Printed {
  readonly rows: readonly PortRow[];
  readonly skipped: readonly { readonly line: number; readonly text: string; readonly reason: string }[];
}

const fixtures = globSync("*.txt", { cwd: join(import.meta.dirname, "../fixtures/host") }).map((name) =>
  join(import.meta.dirname, "../fixtures/host", name),
);

function truthOf({ rows }: Printed): Truth {
  const entries = rows.map((row) => {
    const zone = row.interface === undefined ? "" : `%${row.interface}`;
    const pids = row.processes.map(({ pid }) => pid).sort((a, b) => a - b);
    return [`${row.transport} ${row.address}${zone}:${row.port}`, pids] as const;
  });
  return new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

test(
  "ports --json names every socket and pid that ss names, among 300 listeners of every kind",
  { skip: whyNoNamespaces("ss"), timeout: 60_000 },
  async (t) => {
    const inside = createNamespace();
    const other = createNamespace();
    addZone(inside);
    const crowd = converse(
      inside.spawn(process.execPath, [join(import.meta.dirname, "../collect/crowd.ts"), "lead", other.name], {
        stdio: ["pipe", "pipe", "inherit"],
      }),
    );
    t.after(async () => {
      await crowd.close();
      inside.close();
      other.close();
    });
    await crowd.ask("ready");
    const expected = ofSs(inside.run("ss", "-Htulnp"));
    assert.ok(expected.size > 200, String(expected.size));
    for (const words of [[], ["--no-ffi"]]) {
      const printed = JSON.parse(inside.run(program, "ports", "--json", ...words)) as Printed;
      const found = truthOf(printed);
      if (words.length === 0) assert.deepEqual(found, expected);
      else assert.equal(found.size >= expected.size - 5, true, `${found.size} of ${expected.size}`);
      assert.deepEqual(printed.skipped, []);
    }
    const everywhere = JSON.parse(other.run(program, "ports", "--json", "--all-namespaces")) as Printed;
    const labels = new Set(everywhere.rows.map((row) => row.networkNamespace));
    assert.ok(labels.has(`netns:${inside.name}`), [...labels].join(", "));
  },
);

test("a row has exactly the promised fields, and says who holds the port", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  try {
    const { stdout, code } = await portolan(["ports", "--json", "--port", String(port)]);
    assert.equal(code, 0);
    const { rows } = JSON.parse(stdout) as Printed;
    assert.equal(rows.length, 1);
    const [row] = rows as [PortRow];
    assert.deepEqual(Object.keys(row), [
      "transport",
      "address",
      "port",
      "scope",
      "processes",
      "ownerUnknown",
    ]);
    const [holder] = row.processes;
    assert.deepEqual(Object.keys(holder ?? {}), [
      "pid",
      "name",
      "executablePath",
      "commandLine",
      "startTime",
      "user",
      "unit",
      "containerId",
    ]);
    assert.equal(holder?.pid, process.pid);
    assert.equal(holder.executablePath, process.execPath);
    assert.match(holder.startTime ?? "", /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    assert.ok(Math.abs(Date.parse(holder.startTime ?? "") - (Date.now() - process.uptime() * 1000)) < 2000);

    const table = await portolan(["ports", "--port", String(port)]);
    assert.match(
      table.stdout,
      new RegExp(`${port} {2}tcp {4}127\\.0\\.0\\.1 {2}loopback +\\S+.* ${process.pid} `),
    );
    const chinese = await portolan(["ports", "--port", String(port)], {
      environment: { PORTOLAN_LANG: "zh" },
    });
    assert.match(chinese.stdout, /端口.*进程/);
  } finally {
    server.close();
  }
});

test("--from reads the saved output of every tool, from a file and from stdin", async () => {
  assert.ok(fixtures.length > 10);
  for (const file of fixtures) {
    const { stdout, code } = await portolan(["ports", "--json", "--from", file]);
    assert.equal(code, 0, file);
    const { rows } = JSON.parse(stdout) as Printed;
    assert.ok(rows.length > 0, file);
    for (const row of rows) {
      for (const process of row.processes) {
        assert.deepEqual(
          [process.executablePath, process.commandLine, process.startTime],
          [null, null, null],
        );
      }
    }
  }
  const [file = ""] = fixtures;
  const piped = await portolan(["ports", "--json", "--from", "-"], { input: readFileSync(file) });
  assert.equal(piped.stdout, (await portolan(["ports", "--json", "--from", file])).stdout);
});

test("hostile text in saved output reaches no terminal as it is", async () => {
  const text = [
    'tcp LISTEN 0 128 0.0.0.0:80 0.0.0.0:* users:(("evil\u001b[2J\u0007\u202e<script>",pid=7,fd=3))',
    "tcp LISTEN 0 128 0.0.0.0:81\u001b]0;title\u0007 0.0.0.0:*",
    Buffer.from([0xff, 0xfe, 0x1b, 0x5b, 0x41]).toString("latin1"),
  ].join("\n");
  for (const words of [[], ["--json"]]) {
    const { stdout, stderr, code } = await portolan(["ports", "--from", "-", ...words], { input: text });
    assert.equal(code, 0);
    // eslint-disable-next-line no-control-regex
    assert.doesNotMatch(stdout + stderr, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  }
});

test("a name with control characters of a living process is shown safely", async () => {
  const script = `process.title = "bad\u001b[31mname\u0007"; require("net").createServer().listen(0, "127.0.0.1", function () { console.log(this.address().port) })`;
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const port = await new Promise<string>((resolve) =>
      child.stdout.on("data", (chunk) => resolve(String(chunk).trim())),
    );
    const { stdout } = await portolan(["ports", "--port", port]);
    assert.match(stdout, new RegExp(port));
    assert.doesNotMatch(stdout, /[\u001b\u0007]/);
  } finally {
    child.kill();
  }
});

test("--from says what cannot be read and what was not understood", async () => {
  const missing = await portolan(["ports", "--from", "/nonexistent/file"]);
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /cannot read \/nonexistent\/file: ENOENT/);
  const garbage = await portolan(["ports", "--from", "-"], { input: "this is\nno socket table\n" });
  assert.equal(garbage.code, 0);
  assert.match(
    garbage.stderr,
    /holds no socket that listens[\s\S]*2 lines were not understood; first: line 1/,
  );
});

test("--compare finds what came, went and changed hands, and ends with 3", async () => {
  await withFolder(async (folder) => {
    const [before, after] = [join(folder, "before.json"), join(folder, "after.txt")];
    const line = (port: number, name: string): string =>
      `tcp LISTEN 0 128 0.0.0.0:${port} 0.0.0.0:* users:(("${name}",pid=${port},fd=3))`;
    const first = await portolan(["ports", "--json", "--from", "-"], {
      input: [line(22, "sshd"), line(80, "nginx"), line(443, "nginx")].join("\n"),
    });
    writeFileSync(before, first.stdout);
    writeFileSync(after, [line(22, "sshd"), line(80, "nc"), line(6379, "redis")].join("\n"));

    const differs = await portolan(["ports", "--from", after, "--compare", before]);
    assert.equal(differs.code, 3);
    assert.match(differs.stdout, /▲ new {2}tcp 0\.0\.0\.0:6379 {2}redis/);
    assert.match(differs.stdout, /▼ down {2}tcp 0\.0\.0\.0:443 {2}nginx/);
    assert.match(differs.stdout, /◆ changed {2}tcp 0\.0\.0\.0:80 {2}nginx → nc/);
    const json = await portolan(["ports", "--from", after, "--compare", before, "--json"]);
    assert.deepEqual(Object.keys(JSON.parse(json.stdout) as object), ["added", "removed", "changed"]);

    const only = await portolan(["ports", "--from", after, "--compare", before, "--port", "22"]);
    assert.equal(only.code, 0);
    assert.match(only.stderr, /no difference/);
    const bad = await portolan(["ports", "--compare", after]);
    assert.equal(bad.code, 2);
    assert.match(bad.stderr, /is not what `portolan ports --json` prints/);
  });
});

test("filters narrow by port, reach and process", async () => {
  const input = [
    'tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:(("sshd",pid=1,fd=3))',
    'tcp LISTEN 0 128 127.0.0.1:5432 0.0.0.0:* users:(("postgres",pid=2,fd=3))',
    'udp UNCONN 0 0 192.0.2.1:53 0.0.0.0:* users:(("named",pid=3,fd=3))',
  ].join("\n");
  const ports = async (...words: string[]): Promise<number[]> => {
    const { stdout } = await portolan(["ports", "--json", "--from", "-", ...words], { input });
    return (JSON.parse(stdout) as Printed).rows.map(({ port }) => port);
  };
  assert.deepEqual(await ports(), [22, 53, 5432]);
  assert.deepEqual(await ports("--port", "20-60"), [22, 53]);
  assert.deepEqual(await ports("--listening-on", "loopback"), [5432]);
  assert.deepEqual(await ports("--listening-on", "all"), [22]);
  assert.deepEqual(await ports("--transport", "udp"), [53]);
  assert.deepEqual(await ports("--process", "POSTG"), [5432]);
});

test("a dangerous port beyond loopback is marked, and both halves of a dual-stack server stand on one line", async () => {
  const input = [
    'tcp LISTEN 0 128 0.0.0.0:6379 0.0.0.0:* users:(("redis",pid=5,fd=3))',
    'tcp LISTEN 0 128 [::]:6379 [::]:* users:(("redis",pid=5,fd=4))',
  ].join("\n");
  const { stdout } = await portolan(["ports", "--from", "-"], { input });
  assert.match(stdout, /^⬣ +6379 {2}tcp {4}0\.0\.0\.0 :: {2}all {4}redis/m);
});
