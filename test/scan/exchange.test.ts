import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { readScanFile } from "../../src/sinks/exchange/scan-file.ts";
import { portolan } from "../cli/portolan.ts";
import { listenIn } from "./listening.ts";
import { createRoad, targetPrefix } from "./road.ts";
import { createNamespace, whyNoNamespaces, type Namespace } from "../support/namespace.ts";

const skip = whyNoNamespaces("nmap", "python3") ?? false;
const skipWith = (...programs: readonly string[]): string | false =>
  whyNoNamespaces("nmap", "python3", ...programs) ?? false;
const openPorts = [22, 80, 443, 3306, 6379, 8080, 40_000];

const dtd = "/usr/share/nmap/nmap.dtd";

let inside: Namespace;
let stopListening: () => Promise<void>;
const folder = mkdtempSync(join(tmpdir(), "portolan-exchange-"));
const file = (name: string): string => join(folder, name);

before(async () => {
  if (skip !== false) return;
  inside = createNamespace();
  const closePorts = await listenIn(inside, openPorts);
  const web = inside.spawn("python3", ["-m", "http.server", "8000", "--directory", folder], {
    stdio: "ignore",
  });
  stopListening = async () => {
    web.kill();
    await closePorts();
  };
});
after(async () => {
  await stopListening?.();
  inside?.close();
  rmSync(folder, { recursive: true });
});

const own = async (name: string, ...words: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await portolan(["scan", ...words, "--scope", "127.0.0.0/8,::1"], {
    before: ["nsenter", `--net=/run/netns/${inside.name}`, "--"],
  });
  assert.equal(code, 0, stderr);
  writeFileSync(file(name), stdout);
  return file(name);
};

const nmapRuns: readonly (readonly string[])[] = [
  ["-sS", "-p", "1-7999,8001-10000,40000", "127.0.0.1"],
  ["-sT", "-p", "1-1000", "127.0.0.1"],
  ["-sS", "-p-", "--open", "127.0.0.1"],
  ["-sS", "-p", "20-90", "-v", "-d", "--reason", "127.0.0.1"],
  ["-6", "-sS", "-p", "1-7999,8001-10000,40000", "::1"],
  ["-6", "-sT", "-p", "22,80,81", "::1"],
  ["-sS", "-p", "22,80,443", "127.0.0.1", "127.0.0.2", "127.0.0.3"],
  ["-sV", "--version-light", "-p", "8000,8001", "127.0.0.1"],
  ["-sS", "--script", "http-title", "-p", "8000", "127.0.0.1"],
  ["-sS", "-sU", "-p", "T:22,23,U:53,161", "127.0.0.1"],
  ["-sn", "127.0.0.1-4"],
];

for (const words of nmapRuns) {
  test(`no port of nmap ${words.join(" ")} is lost`, { skip }, async () => {
    const name = file("nmap.xml");
    inside.run("nmap", "-n", ...words, "-oX", name, "-oG", file("nmap.gnmap"));
    const { hosts, scanner } = await readScanFile(name);
    assert.equal(scanner, "nmap");
    const listed = /<port protocol="[a-z]+" portid="\d+"><state state="[a-z|]+"/g;
    const expected = readFileSync(name, "utf8").match(listed) ?? [];
    const found = hosts.flatMap(({ ports }) =>
      ports.map(
        ({ transport, port, state }) =>
          `<port protocol="${transport}" portid="${port}"><state state="${state}"`,
      ),
    );
    assert.deepEqual(found.sort(), expected.sort());
  });
}

test(
  "our XML is valid by nmap's DTD, and ndiff sees no difference to nmap's",
  { skip: skipWith("xmllint", "ndiff") },
  async () => {
    assert.ok(existsSync(dtd));
    for (const [target, family] of [
      ["127.0.0.1", []],
      ["::1", ["-6"]],
    ] as const) {
      const ours = await own("ours.xml", target, "-p", "1-7999,8001-10000,40000", "--format", "nmap-xml");
      inside.run("xmllint", "--noout", "--dtdvalid", dtd, ours);
      const theirs = file("theirs.xml");
      inside.run("nmap", "-n", "-sS", ...family, "-p", "1-7999,8001-10000,40000", target, "-oX", theirs);
      const open = async (name: string): Promise<number[]> =>
        (await readScanFile(name)).hosts.flatMap(({ ports }) =>
          ports.filter(({ state }) => state === "open").map(({ port }) => port),
        );
      assert.deepEqual(await open(ours), openPorts);
      assert.deepEqual(await open(theirs), openPorts);
      const { code, stdout } = await portolan(["diff", theirs, ours]);
      assert.equal(code, 0, stdout);
      // 0: no difference, 1: some. It speaks of the scanner and of service names, never of a port's state.
      const told = inside.run("sh", "-c", 'ndiff -v "$0" "$1" || [ $? -eq 1 ]', theirs, ours);
      assert.doesNotMatch(told, /^[-+]\d+\/tcp\s+(closed|filtered)/m);
      assert.match(told, /22\/tcp/);
    }
  },
);

test("diff ends with 3 when a port opened, and names it", { skip }, async () => {
  const before = await own("before.json", "127.0.0.1", "-p", "1-443", "--json");
  const after = await own("after.gnmap.xml", "127.0.0.1", "-p", "1-7999", "--format", "nmap-xml");
  const { code, stdout } = await portolan(["diff", before, after]);
  assert.equal(code, 3);
  assert.match(stdout, /▲ new {2}127\.0\.0\.1:3306\/tcp {2}– → open/);
  const narrow = await own("narrow.xml", "127.0.0.1", "-p", "1-443", "--format", "nmap-xml");
  const same = await portolan(["diff", narrow, after]);
  assert.equal(same.code, 0);
  assert.match(same.stderr, /2 open ports were asked in one of the scans only/);
});

test("masscan's own formats are read back", { skip }, async () => {
  const ours = await own(
    "ours.masscan.json",
    "127.0.0.1",
    "-p",
    "1-7999,8001-10000,40000",
    "--format",
    "masscan-json",
  );
  const { hosts } = await readScanFile(ours);
  assert.deepEqual(
    hosts[0]?.ports.map(({ port }) => port),
    openPorts,
  );
  const grep = await own("ours.gnmap", "127.0.0.1", "-p", "22,23", "--format", "grepable");
  assert.match(
    inside.run("cat", grep),
    /^Host: 127\.0\.0\.1 \(\)\tPorts: 22\/open\/tcp\/{5}\tIgnored State: closed \(1\)$/m,
  );
});

for (const engine of ["nmap", "masscan"] as const) {
  test(
    `F15 ${engine} as the engine finds the same, keeps its command line, and its failures are told`,
    { skip: skipWith(engine) },
    async () => {
      const road = createRoad();
      const closePorts = await listenIn(road.target, [22, 8080]);
      try {
        const before = ["nsenter", `--net=/run/netns/${road.scanner.name}`, "--"];
        const words = [
          "scan",
          "198.19.0.6-9",
          "-p",
          "20-25,8080",
          "--scope",
          targetPrefix,
          "--exclude",
          "198.19.0.8",
          "--engine",
          engine,
        ];
        const { stdout, stderr, code } = await portolan([...words, "--json", "--rate", "2000"], {
          before,
          timeoutMs: 60_000,
        });
        assert.equal(code, 0, stderr);
        const lines = stdout
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line) as Record<string, unknown>);
        const found = lines.slice(0, -1).map(({ address, port }) => `${String(address)}:${String(port)}`);
        assert.deepEqual(found.sort(), [
          "198.19.0.6:22",
          "198.19.0.6:8080",
          "198.19.0.7:22",
          "198.19.0.7:8080",
          "198.19.0.9:22",
          "198.19.0.9:8080",
        ]);
        assert.match(String(lines.at(-1)?.["command"]), new RegExp(`^${engine} .*-p 20-25,8080`));
        const missing = await portolan([...words, "--json"], {
          before: [...before, "env", "PATH=/nowhere"],
          program: [process.execPath, join(import.meta.dirname, "../../src/cli/main.ts")],
        });
        assert.equal(missing.code, 75);
        assert.match(missing.stderr, new RegExp(`${engine} is not installed`));
      } finally {
        await closePorts();
        road.close();
      }
    },
  );
}
