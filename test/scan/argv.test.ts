import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import fc from "fast-check";
import { systemClock } from "../../src/base/clock.ts";
import { scanXmlReader } from "../../src/sinks/exchange/scan-xml.ts";
import { isDeviceName } from "../../src/sources/scan/device-name.ts";
import { externalScan } from "../../src/sources/scan/external-scan.ts";
import type { Scan, ScanListener } from "../../src/sources/scan/scan.ts";
import { parseTarget } from "../../src/sources/scan/targets.ts";
import { amount } from "../support/amount.ts";
import { portolan } from "../cli/portolan.ts";

const runs = amount("PORTOLAN_RUNS", { short: 200, long: 2_000 });

/** What people, and those who wish them ill, may put where a device's name goes. */
const anything = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.string({ maxLength: 20 }),
  fc.constantFrom(
    "-oN",
    "--script=x",
    "$(id)",
    "`id`",
    "eth0;id",
    "eth0\nid",
    "eth0\0",
    "–oN",
    "‐iL",
    "eth0 id",
    "../x",
  ),
);

/** A program called nmap that writes down its parent and its arguments, each ended by a NUL. */
function fakeNmap(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "portolan-argv-"));
  const path = process.env["PATH"];
  t.after(() => {
    process.env["PATH"] = path;
    rmSync(folder, { recursive: true });
  });
  const program = join(folder, "nmap");
  writeFileSync(program, `#!/bin/sh\nprintf '%s\\0' "$PPID" "$@" > ${folder}/told\n`);
  chmodSync(program, 0o755);
  process.env["PATH"] = `${folder}:${path}`;
  return join(folder, "told");
}

const silent: ScanListener = {
  found: () => {},
  answersEverywhere: () => {},
  progress: () => {},
  host: () => {},
  errorsLimited: () => {},
  alive: () => {},
};

function scanBy(device: string): Scan {
  const target = parseTarget("127.0.0.1");
  assert.ok("value" in target);
  return {
    targets: target.value,
    scope: target.value,
    seed: 1,
    ports: Uint16Array.of(22),
    udpPorts: new Uint16Array(),
    excludedUdpPorts: [],
    excludedPorts: [],
    speed: { bytesPerSecond: null, packetsPerSecond: null, perHost: null, perNetwork: null },
    hostTimeoutMs: null,
    windows: [],
    missTarget: 0.001,
    device,
    clock: systemClock,
    random: Math.random,
  };
}

test("I9 100,000 names: none that is taken for a device's could be an option, a path or two words", () => {
  fc.assert(
    fc.property(anything, (text) => {
      if (!isDeviceName(text)) return;
      assert.match(text, /^[^-\s/:\0]/u);
      assert.doesNotMatch(text, /[\s/\0\p{Cc}]/u);
      assert.ok(Buffer.byteLength(text) <= 15);
    }),
    { numRuns: 100_000 },
  );
});

test("I9 what is given to another program reaches it as one argument, and no shell stands between", async (t) => {
  const told = fakeNmap(t);
  await fc.assert(
    fc.asyncProperty(anything.filter(isDeviceName), async (device) => {
      rmSync(told, { force: true });
      const read = (name: "nmap" | "masscan", found: Parameters<typeof scanXmlReader>[1]) =>
        scanXmlReader(name, found);
      // It prints no XML: that it ends without a result is told, after it has told its arguments.
      await assert.rejects(externalScan("nmap", scanBy(device), read, silent, new AbortController().signal));
      const [parent, ...words] = readFileSync(told, "utf8").split("\0").slice(0, -1);
      assert.equal(parent, String(process.pid));
      assert.equal(words[words.indexOf("-e") + 1], device);
      assert.equal(words.filter((word) => word === device).length, 1);
    }),
    { numRuns: runs },
  );
});

test("I9 a name that no device can have is refused before anything is started", async (t) => {
  const told = fakeNmap(t);
  for (const device of ["-oN", "eth0 id", "eth0\nid", "../../x", "a-name-that-is-too-long", "–"]) {
    const words = ["scan", "127.0.0.1", "-p", "22", "--scope", "127.0.0.1", "--engine", "nmap"];
    const { code, stderr } = await portolan([...words, `--interface=${device}`]);
    if (isDeviceName(device)) continue;
    assert.equal(code, 2, device);
    assert.match(stderr, /--interface/);
    assert.ok(!existsSync(told), device);
  }
});
