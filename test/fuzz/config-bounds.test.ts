// Configuration that would hang, swell or smuggle: refused at once, and nothing unsafe comes through.
import assert from "node:assert/strict";
import { cpuUsage } from "node:process";
import test from "node:test";
import fc from "fast-check";
import { PortolanError } from "../../src/base/errors.ts";
import { hasUnsafeCharacters } from "../../src/base/text.ts";
import { type ConfigSources, loadConfig } from "../../src/config/load.ts";
import { configBytesMax } from "../../src/config/read-yaml.ts";

const inFile = (text: string): ConfigSources => ({ file: { name: "portolan.yml", text } });

const refused = (sources: ConfigSources): void =>
  assert.throws(
    () => loadConfig(sources),
    (error) => error instanceof PortolanError && error.code === "invalid",
  );

/** No honest reading takes so long: what takes longer hangs. */
const hangMs = 5_000;

/** CPU time, so that what else the machine does counts little. */
function cpuMs(run: () => unknown): number {
  const before = cpuUsage();
  run();
  const { user, system } = cpuUsage(before);
  return (user + system) / 1_000;
}

test("files that would hang or swell a reader are refused at once", () => {
  const bombs: Readonly<Record<string, string>> = {
    "nested lists": "[".repeat(50_000),
    "nested maps": "{a: ".repeat(20_000),
    "nested sequences": "- ".repeat(20_000),
    "nested keys": Array.from({ length: 1_000 }, (_, index) => `${" ".repeat(index)}a:`).join("\n"),
    "many keys": Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join("\n"),
    "many aliases": `a: &a [x]\nb: [${"*a,".repeat(10_000)}]`,
    "a long line": `data: "${"x".repeat(1_000_000)}"`,
    "too large": "#".repeat(configBytesMax + 1),
    "many documents": "---\na: 1\n".repeat(5_000),
    directives: "%YAML 1.2\n".repeat(5_000),
  };
  for (const [name, text] of Object.entries(bombs)) {
    const ms = cpuMs(() => refused(inFile(text)));
    assert.ok(ms < hangMs, `${name}: ${ms.toFixed(0)} ms`);
  }
});

test("10,000 rules are read", (context) => {
  const rules = Array.from(
    { length: 10_000 },
    (_, index) => `- {action: allow, ports: ${index}, process: nc}`,
  );
  const text = `rules:\n${rules.join("\n")}\n`;
  const ms = cpuMs(() => assert.equal(loadConfig(inFile(text)).rules.length, 10_000));
  context.diagnostic(`${ms.toFixed(0)} ms of CPU`);
  assert.ok(ms < hangMs, `${ms.toFixed(0)} ms`);
});

test("I10 no text that is taken holds a control character, whichever way it comes", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 6 }), (text) => {
      for (const key of ["data", "listen", "publicUrl", "trustedProxies", "agent.interval", "language"]) {
        for (const value of [
          text,
          `/srv/${text}`,
          `https://h/${text}`,
          `127.0.0.1:1${text}`,
          `10.0.0.1${text}`,
          `5s${text}`,
        ]) {
          try {
            const config = loadConfig({ flags: { [key]: value } });
            assert.equal(
              hasUnsafeCharacters(JSON.stringify(config)),
              false,
              `${key}: ${JSON.stringify(value)}`,
            );
          } catch (error) {
            assert.ok(error instanceof PortolanError && error.code === "invalid", String(error));
            assert.doesNotMatch(error.message.replaceAll("\n", ""), /\p{Cc}/u);
          }
        }
      }
    }),
    { numRuns: 50 },
  );
});
