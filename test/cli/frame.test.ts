import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { pathToFileURL } from "node:url";
import { plainEnvironment, portolan, program, withFolder } from "./portolan.ts";

const filesMax = 60;

test("--help loads the command line and nothing behind it", async (context) => {
  await withFolder(async (folder) => {
    const told = join(folder, "loaded");
    const hook = join(import.meta.dirname, "loaded.ts");
    const { code, stdout, ms } = await portolan(["--help"], {
      environment: { PORTOLAN_LOADED: told, NODE_OPTIONS: `--import=${hook}` },
    });
    assert.equal(code, 0);
    assert.match(stdout, /ports .*needs no server/s);
    const root = pathToFileURL(join(import.meta.dirname, "../..")).href;
    const files = readFileSync(told, "utf8").trimEnd().split("\n");
    const foreign = files
      .map((file) => file.slice(root.length + 1))
      .filter((file) => !/^(bin|node_modules\/commander|src\/(base|cli|config|model))\//.test(file));
    assert.deepEqual(foreign, []);
    assert.ok(files.length <= filesMax, `${files.length} files`);
    context.diagnostic(`${files.length} files, ${ms.toFixed(0)} ms`);
  });
});

test("every command has help, in both languages", async () => {
  for (const name of [
    "up",
    "agent",
    "ports",
    "connections",
    "block",
    "unblock",
    "blocks",
    "tcp-status",
    "zabbix",
    "events",
    "trouble",
    "status",
    "doctor",
    "user",
    "token",
    "config",
    "completion",
  ]) {
    const english = await portolan([name, "--help"]);
    const chinese = await portolan([name, "--help"], { environment: { PORTOLAN_LANG: "zh-CN" } });
    assert.equal(english.code, 0, name);
    assert.match(english.stdout, /^Usage: portolan/, name);
    assert.match(chinese.stdout, /^用法： portolan/, name);
    assert.match(chinese.stdout, /[\u4e00-\u9fff]{2}/, name);
  }
});

test("a wrong command line ends with 2 and says what is wrong", async () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [["ports", "--jsn"], /unknown option --jsn[\s\S]*Did you mean --json\?/],
    [["port"], /unknown command port[\s\S]*Did you mean ports\?/],
    [["ports", "--transport", "icmp"], /--transport.*Allowed choices are tcp, udp, sctp/],
    [["ports", "--port", "80-22"], /--port: not a list of ports: 80-22/],
    [["ports", "--port", ""], /not a list of ports/],
    [["ports", "--from"], /--from <file> needs a value/],
    [["ports", "--from", "x", "--all-namespaces"], /cannot stand with/],
    [["ports", "surplus"], /too many arguments/],
    [["up", "--listen", "nowhere"], /--listen.* is no address:port like/],
    [["agent", "--server", "http://127.0.0.1:1"], /no token/],
    [["agent"], /no server/],
    [["agent", "--zabbix-listen", "127.0.0.1:10060"], /--zabbix-listen and --zabbix-allow belong together/],
    [
      ["agent", "--zabbix-listen", "10060", "--zabbix-allow", "::1"],
      /--zabbix-listen: 10060 is no address:port/,
    ],
    [
      ["agent", "--zabbix-listen", "[::1]:10060", "--zabbix-allow", "192.0.2.10, zabbix.example.org"],
      /--zabbix-allow: entry 2, "zabbix\.example\.org", is no IP address and no prefix[\s\S]*not looked up/,
    ],
    [["user", "role", "x"], /missing argument role/],
    [["events", "--limit", "0"], /--limit: not a number from 1 to 1000: 0/],
    [["events", "--since", "soon"], /--since: soon/],
    [["events", "--kind", "odd"], /--kind: new \| down/],
    [["connections", "--by", "colour"], /state, port, remote, prefix, process, socket/],
    [["connections", "--state", "estb"], /not a state of TCP: estb[\s\S]*Did you mean ESTABLISHED\?/],
    [["connections", "--state", "LISTEN,"], /not a state of TCP/],
    [["connections", "--state", "zzz"], /States: LISTEN, SYN-SENT/],
    [["connections", "--limit", "0"], /--limit: not a number from 1 to 100000: 0/],
    [["connections", "--read", "/nonexistent"], /cannot read \/nonexistent: ENOENT/],
    [["connections", "--read", "x", "--watch"], /cannot stand with/],
    [["tcp-status"], /missing argument state/],
    [["tcp-status", "SYN_RCV"], /not a state of TCP: SYN_RCV[\s\S]*Did you mean SYN-RECEIVED\?/],
    [["tcp-status", ""], /not a state of TCP/],
    [["zabbix", "setup", "--host", "quay-1"], /--host: quay-1 is no IP address/],
    [["completion", "tcsh"], /Allowed choices are bash, zsh, fish/],
  ];
  for (const [words, expected] of cases) {
    const { code, stdout, stderr } = await portolan(words, { environment: { HOME: "/nonexistent" } });
    assert.equal(code, 2, `${words.join(" ")}: ${stderr}`);
    assert.match(stderr, expected, words.join(" "));
    assert.equal(stdout, "");
  }
});

test("a wrong command line is told in Chinese to who reads Chinese", async () => {
  const { code, stderr } = await portolan(["ports", "--jsn"], { environment: { LC_ALL: "zh_CN.UTF-8" } });
  assert.equal(code, 2);
  assert.match(stderr, /没有选项 --jsn/);
});

test("tcp-status loads neither the tree of commands nor a parser", async (context) => {
  await withFolder(async (folder) => {
    const told = join(folder, "loaded");
    const hook = join(import.meta.dirname, "loaded.ts");
    const { code, stdout, ms } = await portolan(["tcp-status", "LISTEN", "--json"], {
      environment: { PORTOLAN_LOADED: told, NODE_OPTIONS: `--import=${hook}` },
    });
    assert.equal(code, 0);
    assert.match(stdout, /^\d+\n$/);
    const files = readFileSync(told, "utf8").trimEnd().split("\n");
    assert.ok(
      !files.some((file) => /node_modules\/(commander|ipaddr\.js|zod)\//.test(file)),
      files.join("\n"),
    );
    context.diagnostic(`${files.length} files, ${ms.toFixed(0)} ms`);
  });
});

test("a reader that leaves early is no failure", () => {
  const { status, stderr } = spawnSync("sh", ["-c", `"${program}" --help | head -c 1 >/dev/null`], {
    env: plainEnvironment(),
    encoding: "utf8",
  });
  assert.equal(status, 0);
  assert.equal(stderr, "");
});

test("colour is for terminals, and NO_COLOR and FORCE_COLOR are obeyed", async () => {
  const escape = /\u001b\[/;
  assert.doesNotMatch((await portolan(["--help"], { environment: { NO_COLOR: "" } })).stdout, escape);
  const forced = { NO_COLOR: "", FORCE_COLOR: "1" };
  assert.match((await portolan(["ports"], { environment: forced })).stdout, escape);
  assert.doesNotMatch((await portolan(["ports"], { environment: { FORCE_COLOR: "1" } })).stdout, escape);
});

test("Ctrl-C ends a watch with 130, quietly", async () => {
  const child = spawn(program, ["ports", "--watch"], {
    env: plainEnvironment(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  await new Promise<void>((resolve) =>
    child.stderr.on("data", (text) => /watching/.test(String(text)) && resolve()),
  );
  child.kill("SIGINT");
  const code = await new Promise((resolve) => child.on("close", resolve));
  assert.equal(code, 130);
});

test("connections --watch --json prints one line for each look", async () => {
  const child = spawn(program, ["connections", "--by", "state", "--watch", "--json"], {
    env: plainEnvironment(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  await new Promise<void>((resolve) =>
    child.stdout.on("data", (chunk) => {
      text += String(chunk);
      if (text.split("\n").length > 2) resolve();
    }),
  );
  child.kill("SIGINT");
  assert.equal(await new Promise((resolve) => child.on("close", resolve)), 130);
  for (const line of text.trimEnd().split("\n")) assert.match(line, /^\{"counts":\{"LISTEN":\d+,.*\}\}$/);
});
