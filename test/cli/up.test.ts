import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import test from "node:test";
import { freePort, portolan, up, withFolder } from "./portolan.ts";

const password = "correct horse battery staple";

test("the first start prints its link alone on a line of stdout; it sets the administrator once", async () => {
  await withFolder(async (folder) => {
    const server = await up(["--data", folder, "--listen", "127.0.0.1:0"]);
    try {
      assert.match(server.link, /^http:\/\/127\.0\.0\.1:\d+\/setup#token=[\w-]{20,}$/);
      const token = server.link.split("#token=")[1];
      const setUp = (): Promise<Response> =>
        fetch(`${server.url}/api/v1/setup`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ token, name: "admin", password }),
        });
      assert.equal((await setUp()).status, 200);
      assert.notEqual((await setUp()).status, 200);
    } finally {
      assert.equal(await server.stop(), 0);
    }
    const again = await up(["--data", folder, "--listen", "127.0.0.1:0"]);
    assert.match(again.link, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.equal(await again.stop("SIGINT"), 130);
  });
});

test("the local agent shows this machine's ports within seconds, by status, events and ports of the API", async () => {
  await withFolder(async (folder) => {
    const server = await up(["--data", folder, "--listen", "127.0.0.1:0"]);
    try {
      const here = ["--data", folder];
      for (let tries = 0; tries < 40; tries += 1) {
        const { stdout } = await portolan(["status", "--json", ...here]);
        if ((JSON.parse(stdout) as { open: { up: number } }).open.up > 0) break;
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
      const status = await portolan(["status", ...here]);
      assert.equal(status.code, 0);
      assert.match(
        status.stdout,
        /^Server \d+\.\d+\.\d+, (ok|degraded)\n[1-9]\d* endpoints? open on 1 host ·/,
      );
      assert.deepEqual(JSON.parse((await portolan(["events", "--json", ...here])).stdout), { rows: [] });

      const made = await portolan(["token", "create", "reader", "--scope", "read", ...here]);
      const secret = made.stdout.trim();
      assert.match(secret, /^ptl_\S{20,}$/);
      const remote = await portolan(["status", "--json", "--server", server.url], {
        environment: { PORTOLAN_TOKEN: secret },
      });
      assert.equal(remote.code, 0, remote.stderr);
      const refused = await portolan(["user", "list", "--server", server.url], {
        environment: { PORTOLAN_TOKEN: secret },
      });
      assert.equal(refused.code, 77);
      await portolan(["token", "revoke", "reader", ...here]);
      const revoked = await portolan(["status", "--server", server.url], {
        environment: { PORTOLAN_TOKEN: secret },
      });
      assert.equal(revoked.code, 1);
    } finally {
      await server.stop();
    }
  });
});

test("people are managed while the server runs and while it does not, passwords only by stdin", async () => {
  await withFolder(async (folder) => {
    const here = ["--data", folder];
    const first = await up([...here, "--listen", "127.0.0.1:0"]);
    const added = await portolan(["user", "add", "alice", "--role", "admin", ...here], {
      input: `${password}\n`,
    });
    assert.equal(added.code, 0, added.stderr);
    await first.stop();
    const second = await portolan(["user", "add", "bob", ...here], { input: `${password}\n` });
    assert.equal(second.code, 0, second.stderr);
    assert.equal((await portolan(["user", "disable", "bob", ...here])).code, 0);
    const { rows } = JSON.parse((await portolan(["user", "list", "--json", ...here])).stdout) as {
      rows: readonly { name: string; role: string; disabledAtMs: number | null }[];
    };
    assert.deepEqual(
      rows.map(({ name, role, disabledAtMs }) => [name, role, disabledAtMs !== null]),
      [
        ["alice", "admin", false],
        ["bob", "viewer", true],
      ],
    );
    const unknown = await portolan(["user", "role", "carol", "admin", ...here]);
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /nobody is named carol/);
    const empty = await portolan(["user", "password", "bob", ...here], { input: "\n" });
    assert.equal(empty.code, 2);
  });
});

test("the control socket is the owner's alone", async () => {
  await withFolder(async (folder) => {
    const server = await up(["--data", folder, "--listen", "127.0.0.1:0", "--no-agent"]);
    assert.equal(statSync(join(folder, "control.sock")).mode & 0o777, 0o600);
    await server.stop();
  });
});

test("a taken port is named with the process that holds it", async () => {
  await withFolder(async (folder) => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
    const { port } = holder.address() as { port: number };
    try {
      const outcome = await portolan(["up", "--data", folder, "--listen", `127.0.0.1:${port}`]);
      assert.equal(outcome.code, 1);
      assert.match(
        outcome.stderr,
        new RegExp(`127\\.0\\.0\\.1:${port} is in use by .+ \\(PID ${process.pid}\\)`),
      );
      assert.equal(outcome.stdout, "");
    } finally {
      holder.close();
    }
  });
});

test("a second server on the same folder refuses within two seconds and names the first", async () => {
  await withFolder(async (folder) => {
    const first = await up(["--data", folder, "--listen", "127.0.0.1:0", "--no-agent"]);
    const second = await portolan(["up", "--data", folder, "--listen", "127.0.0.1:0"]);
    assert.equal(second.code, 1);
    assert.match(second.stderr, new RegExp(`${folder}.* process ${first.child.pid}`));
    assert.ok(second.ms < 2000, `${second.ms} ms`);
    assert.equal((await fetch(`${first.url}/livez`)).status, 200);
    await first.stop();
  });
});

test("a folder that cannot be used is told, and nothing in it is overwritten", async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    const notFolder = await portolan(["up", "--data", join(file, "data"), "--listen", "127.0.0.1:0"]);
    assert.notEqual(notFolder.code, 0);
    assert.match(notFolder.stderr, /data folder .* cannot be written/);

    const damaged = join(folder, "damaged");
    mkdirSync(damaged);
    const database = join(damaged, "portolan.db");
    const garbage = Buffer.alloc(8192, "no database ");
    writeFileSync(database, garbage);
    const outcome = await portolan(["up", "--data", damaged, "--listen", "127.0.0.1:0"]);
    assert.equal(outcome.code, 70);
    assert.match(outcome.stderr, /portolan\.db is damaged/);
    assert.deepEqual(readFileSync(database), garbage);
    const doctor = await portolan(["doctor", "--data", damaged, "--json"]);
    assert.equal(doctor.code, 1);
    const { findings } = JSON.parse(doctor.stdout) as { findings: { check: string; state: string }[] };
    assert.equal(findings.find(({ check }) => check === "database")?.state, "broken");
  });
});

test("a bad configuration is told with file, line and key, and ends with 2", async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "config.yaml");
    const cases: readonly (readonly [string, RegExp])[] = [
      [
        "listen: 127.0.0.1:7317\nlisen: x\n",
        /config\.yaml:2:1: lisen: is an unknown key; did you mean listen\?/,
      ],
      ["agent:\n  interval: soon\n", /config\.yaml:2:\d+: agent\.interval: /],
      ["listen: [1]\n", /config\.yaml:1:\d+: listen: has to be text/],
      ["listen: 'unclosed\n", /config\.yaml:\d+:\d+/],
    ];
    for (const [text, expected] of cases) {
      writeFileSync(file, text);
      for (const words of [
        ["up", "--config", file, "--data", join(folder, "data")],
        ["config", "check", file],
      ]) {
        const { code, stderr, stdout } = await portolan(words);
        assert.equal(code, 2, stderr);
        assert.match(stderr, expected);
        assert.equal(stdout, "");
      }
    }
    writeFileSync(file, "agent:\n  interval: 5s\n");
    assert.equal((await portolan(["config", "check", file])).code, 0);
    assert.match((await portolan(["config", "print", file])).stdout, /interval: 5s/);
    const missing = await portolan(["up", "--config", join(folder, "absent.yaml")]);
    assert.equal(missing.code, 2);
  });
});

test("SIGHUP takes a good configuration and keeps the old one before a bad one", async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "config.yaml");
    writeFileSync(file, "log:\n  level: warn\n");
    const words = ["--data", join(folder, "data"), "--config", file, "--listen", "127.0.0.1:0", "--no-agent"];
    const server = await up(words);
    const said = async (expected: RegExp): Promise<void> => {
      for (let tries = 0; tries < 100 && !expected.test(server.stderr()); tries += 1) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      assert.match(server.stderr(), expected);
    };
    try {
      writeFileSync(file, "log:\n  level: loud\n");
      server.child.kill("SIGHUP");
      await said(/the old one stays in force: .*config\.yaml:2:\d+: log\.level/);
      assert.equal((await fetch(`${server.url}/readyz`)).status, 200);
      writeFileSync(file, "detect:\n  lookBack: 1d\npublicUrl: https://ports.example.org\n");
      server.child.kill("SIGHUP");
      await said(
        /configuration reloaded from .*config\.yaml[\s\S]*needs a restart to take effect: publicUrl/,
      );
    } finally {
      await server.stop();
    }
  });
});

test("listening beyond this machine without TLS is warned of", async () => {
  await withFolder(async (folder) => {
    const server = await up(["--data", folder, "--listen", "0.0.0.0:0", "--no-agent"]);
    assert.match(server.stderr(), /listening on 0\.0\.0\.0 beyond this machine without TLS/);
    assert.match(server.link, /^http:\/\/127\.0\.0\.1:/);
    await server.stop();
  });
});

test("a server that is not there is said so, with 75: try again", async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const { code, stderr } = await portolan(["status", "--server", url], {
    environment: { PORTOLAN_TOKEN: "ptl_x" },
  });
  assert.equal(code, 75);
  assert.match(stderr, /no server answers at http:\/\/127\.0\.0\.1:\d+: .*ECONNREFUSED/);
});

test("events --fail-on ends with 3 when such an event is there", { timeout: 60_000 }, async () => {
  await withFolder(async (folder) => {
    const here = ["--data", folder];
    const server = await up([...here, "--listen", "127.0.0.1:0"]);
    const listener = createServer();
    try {
      const upPorts = async (): Promise<number> =>
        (JSON.parse((await portolan(["status", "--json", ...here])).stdout) as { open: { up: number } }).open
          .up;
      while ((await upPorts()) === 0) await new Promise((resolve) => setTimeout(resolve, 200));
      assert.equal((await portolan(["events", "--fail-on", "new", ...here])).code, 0);
      await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
      const { port } = listener.address() as { port: number };
      const words = ["events", "--port", String(port), "--fail-on", "new", ...here];
      let outcome = await portolan(words);
      const startMs = Date.now();
      while (outcome.code === 0 && Date.now() - startMs < 10_000) outcome = await portolan(words);
      assert.equal(outcome.code, 3);
      assert.match(outcome.stdout, new RegExp(`▲ new +\\S+ +tcp/127\\.0\\.0\\.1:${port}`));
      const down = await portolan(["events", "--fail-on", "down", "--port", String(port), ...here]);
      assert.equal(down.code, 0);
    } finally {
      listener.close();
      await server.stop();
    }
  });
});

test("S19: runs unprivileged on a read-only system with only its folder writable, without a shell", async (t) => {
  if (process.getuid?.() !== 0 || spawnSync("unshare", ["--mount", "true"]).status !== 0) {
    t.skip("needs root and unshare");
    return;
  }
  await withFolder(async (folder) => {
    chmodSync(folder, 0o755);
    const data = join(folder, "data");
    mkdirSync(data);
    spawnSync("chown", ["65534:65534", data]);
    // All read-only but the data folder, every shell replaced by a program that fails, every capability gone.
    const script = [
      "set -e",
      `mount --bind ${data} ${data}`,
      "mount -o remount,ro,bind /",
      "for shell in sh bash dash; do",
      "  path=$(command -v $shell) && mount --bind /bin/false $(readlink -f $path) || true",
      "done",
      `exec setpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all "$@"`,
    ].join("\n");
    const before = ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh"];
    const server = await up(["--data", data, "--listen", "127.0.0.1:0"], {
      before,
      program: [process.execPath, join(import.meta.dirname, "../../bin/start.cjs")],
      environment: { NODE_COMPILE_CACHE: data, HOME: "/nonexistent" },
    });
    try {
      const status = readFileSync(`/proc/${server.child.pid}/status`, "utf8");
      assert.match(status, /^Uid:\t65534\t65534/m);
      assert.match(status, /^CapEff:\t0+$/m);
      assert.match(status, /^NoNewPrivs:\t1$/m);
      let open = 0;
      for (let tries = 0; tries < 60 && open === 0; tries += 1) {
        await new Promise((resolve) => setTimeout(resolve, 250));
        open = (
          JSON.parse((await portolan(["status", "--json", "--data", data])).stdout) as {
            open: { up: number };
          }
        ).open.up;
      }
      assert.ok(open > 0, server.stderr());
    } finally {
      await server.stop();
    }
  });
});
