import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import test from "node:test";
import { PortolanError } from "../base/errors.ts";
import { detectDefaults } from "../model/detect-policy.ts";
import type { Config } from "./config.ts";
import { configAsFile, configJsonSchema, describeConfig, printConfig } from "./describe.ts";
import { type ConfigSources, loadConfig } from "./load.ts";
import { leavesOf } from "./outline.ts";
import { configSchema } from "./schema.ts";
import { variableOf } from "./variables.ts";

const fixtures = join(import.meta.dirname, "fixtures");
const inFile = (text: string): ConfigSources => ({ file: { name: "portolan.yml", text } });

function refusal(sources: ConfigSources): PortolanError {
  try {
    loadConfig(sources);
  } catch (error) {
    assert.ok(error instanceof PortolanError && error.code === "invalid", String(error));
    return error;
  }
  return assert.fail("was taken");
}

test("nothing need be configured", () => {
  const config = loadConfig();
  assert.equal(config.listen, "127.0.0.1:7317");
  assert.deepEqual(config.detect, detectDefaults);
  assert.deepEqual(config.agent, { intervalMs: 2_000, namespaces: "all", block: false, neverBlock: [] });
  assert.deepEqual(loadConfig(inFile("# nothing\n")), config);
  assert.deepEqual(loadConfig(inFile("agent:\nrules:\n")), config);
});

for (const file of globSync("invalid-*.yml", { cwd: fixtures }).sort()) {
  const text = readFileSync(join(fixtures, file), "utf8");
  const expected = text
    .split("\n")
    .filter((line) => line.startsWith("# "))
    .map((line) => line.slice(2));
  test(`${basename(file, ".yml")} is told with its place`, () => {
    const { message } = refusal({ file: { name: file, text } });
    assert.deepEqual(message.replaceAll(`${file}:`, "").split("\n"), expected);
  });
}

const complete = readFileSync(join(fixtures, "complete.yml"), "utf8");

test("every key can be set, and what is printed is read back to the same", async () => {
  const config = loadConfig(inFile(complete));
  const { data: _data, rules: _rules, ...rest } = config;
  const { data: _none, rules: _noRules, ...defaults } = loadConfig();
  const flat = (value: object): [string, unknown][] =>
    Object.entries(value).flatMap(([key, child]: [string, unknown]) =>
      typeof child === "object" && child !== null && !Array.isArray(child) ? flat(child) : [[key, child]],
    );
  const untouched = flat(rest).filter(([key, value], index) => {
    const [defaultKey, defaultValue] = flat(defaults)[index] ?? [];
    assert.equal(key, defaultKey);
    return JSON.stringify(value) === JSON.stringify(defaultValue);
  });
  assert.deepEqual(untouched, []);
  assert.equal(config.rules.length, 4);
  assert.deepEqual(loadConfig(inFile(await printConfig(config))), config);
  assert.deepEqual(configSchema.safeParse(configAsFile(config)).error, undefined);
});

test("the environment wins over the file, a flag over both", () => {
  const file = inFile("agent: {interval: 5s}\nlisten: 127.0.0.1:1\ndetect: {missesToDown: 7}\n");
  const environment = {
    PORTOLAN_AGENT_INTERVAL: "9s",
    PORTOLAN_AGENT_BLOCK: "true",
    PORTOLAN_DETECT_MISSES_TO_DOWN: "4",
    PORTOLAN_TRUSTED_PROXIES: "10.0.0.0/8, 192.0.2.1",
    PORTOLAN_LISTEN: "127.0.0.1:2",
    PORTOLAN_DATA: "",
    PATH: "/bin",
  };
  const config = loadConfig({ ...file, environment, flags: { listen: "127.0.0.1:3", data: undefined } });
  assert.equal(config.agent.intervalMs, 9_000);
  assert.equal(config.agent.block, true);
  assert.equal(config.detect.missesToDown, 4);
  assert.deepEqual(config.trustedProxies, ["10.0.0.0/8", "192.0.2.1"]);
  assert.equal(config.listen, "127.0.0.1:3");
  assert.equal(config.data, null);
});

test("a value can come from a file that a variable names", () => {
  const environment = { PORTOLAN_PUBLIC_URL_FILE: "/run/url" };
  const readFile = (path: string): string =>
    path === "/run/url" ? "https://ports.example.org\n" : assert.fail(path);
  assert.equal(loadConfig({ environment, readFile }).publicUrl, "https://ports.example.org");
  const broken = refusal({
    environment,
    readFile: () => {
      throw new Error("ENOENT");
    },
  });
  assert.equal(
    broken.message,
    "PORTOLAN_PUBLIC_URL_FILE: publicUrl: names a file that cannot be read: /run/url",
  );
});

test("a mistake in a variable or flag names it; a variable of nearly the right name is told", () => {
  const environment = { PORTOLAN_AGENT_INTERVAL: "5", PORTOLAN_AGENT_INTERVALS: "5s", PORTOLAN_TOKEN: "x" };
  const { message } = refusal({ environment, flags: { listen: "here" } });
  assert.deepEqual(message.split("\n").sort(), [
    "--listen: listen: is no address:port like 127.0.0.1:7317 or [::1]:7317",
    "PORTOLAN_AGENT_INTERVAL: agent.interval: lacks a unit; a duration is written like 500ms, 90s, 1h30m or 3d (character 2)",
    "environment: PORTOLAN_AGENT_INTERVALS: is an unknown variable; did you mean PORTOLAN_AGENT_INTERVAL?",
  ]);
});

test("mistakes come with file, line, column and key as facts too", () => {
  const { details } = refusal(inFile("agent:\n  intervall: 5s\n"));
  assert.deepEqual(details["mistakes"], [
    {
      source: "portolan.yml",
      line: 2,
      column: 3,
      key: "agent.intervall",
      problem: "is an unknown key; did you mean interval?",
      text: "portolan.yml:2:3: agent.intervall: is an unknown key; did you mean interval?",
    },
  ]);
});

test("what a refusal repeats of the file is safe and short", () => {
  const { message } = refusal(inFile(`"\\e[2J\\u202E${"x".repeat(100_000)}": 1`));
  assert.ok(message.length < 1_200);
  assert.doesNotMatch(message, /[\p{Cc}\u202e]/u);
});

test("many mistakes are told up to a bound", () => {
  const text = Array.from({ length: 200 }, (_, index) => `key${index}: 1`).join("\n");
  const lines = refusal(inFile(text)).message.split("\n");
  assert.equal(lines.length, 51);
  assert.equal(lines.at(-1), "… and 150 more");
});

test("a rule keeps its id wherever it stands and whatever its note says", () => {
  const rules = (text: string): Config["rules"] => loadConfig(inFile(text)).rules;
  const [one, two] = rules("rules:\n- {action: allow, ports: 22}\n- {action: forbid, process: nc}\n");
  const [second, first] = rules(
    "rules:\n- {action: forbid, process: nc}\n- {action: allow, ports: '22', note: ssh}\n",
  );
  assert.deepEqual([first?.id, second?.id], [one?.id, two?.id]);
  assert.match(one?.id ?? "", /^file-[0-9a-f]{12}$/);
  assert.equal(one?.author, "file");
});

test("the page and the editor's schema speak of every key, in both languages", () => {
  for (const language of ["en", "zh-CN"] as const) {
    const page = describeConfig(language);
    for (const { path, kind, description, zh, allowed } of leavesOf()) {
      assert.ok(page.includes(`\`${path.join(".")}\``), path.join("."));
      assert.ok(kind === "structure" || page.includes(variableOf(path)));
      assert.ok(description !== "" && zh !== "" && allowed !== "", path.join("."));
    }
  }
  const schema = configJsonSchema();
  assert.deepEqual(Object.keys(schema["properties"] as object), Object.keys(configSchema.shape));
  assert.doesNotMatch(JSON.stringify(schema), /"zh"/);
});
