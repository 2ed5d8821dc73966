import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "node:test";
import { plainEnvironment, withFolder } from "./portolan.ts";

const root = join(import.meta.dirname, "../..");

test(
  "S20: installs from the lock file with every install script disabled, and then works",
  { timeout: 180_000 },
  async (t) => {
    if (spawnSync("npm", ["--version"]).status !== 0) {
      t.skip("npm is not installed");
      return;
    }
    await withFolder(async (folder) => {
      for (const name of ["package.json", "package-lock.json", "bin", "src", "scripts"]) {
        cpSync(join(root, name), join(folder, name), { recursive: true });
      }
      const words = ["ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--prefer-offline"];
      const installed = spawnSync("npm", words, { cwd: folder, encoding: "utf8", timeout: 150_000 });
      if (/ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT/.test(installed.stderr)) {
        t.skip("the package registry cannot be reached");
        return;
      }
      assert.equal(installed.status, 0, installed.stderr);
      assert.ok(!existsSync(join(folder, "node_modules/node")), "the pinned Node is for checkouts");
      // Node 24 of the PATH, as an operator has it; an older one is told to go.
      const environment = plainEnvironment({ PATH: `${dirname(process.execPath)}:${process.env["PATH"]}` });
      const portolan = (...command: string[]) =>
        spawnSync(join(folder, "bin/portolan"), command, {
          env: environment,
          encoding: "utf8",
          timeout: 30_000,
        });
      assert.match(portolan("--version").stdout, /^\d+\.\d+\.\d+\n$/);
      const { status, stdout, stderr } = portolan("ports", "--json");
      assert.equal(status, 0, stderr);
      assert.ok(Array.isArray((JSON.parse(stdout) as { rows: unknown }).rows));
      const doctor = JSON.parse(portolan("doctor", "--json", "--data", join(folder, "data")).stdout) as {
        findings: readonly { check: string; state: string; said: string }[];
      };
      assert.equal(doctor.findings.find(({ check }) => check === "netlink")?.state, "good");
    });
  },
);

test("an older Node is told what to install, in both languages", (t) => {
  const old = ["/usr/bin/node", "/usr/local/bin/node"].find(
    (path) =>
      existsSync(path) &&
      /^v(1\d|2[0-3])\./.test(spawnSync(path, ["--version"], { encoding: "utf8" }).stdout),
  );
  if (old === undefined) {
    t.skip("no older Node is installed");
    return;
  }
  const { status, stderr } = spawnSync(old, [join(root, "bin/start.cjs"), "--help"], { encoding: "utf8" });
  assert.equal(status, 78);
  assert.match(stderr, /needs Node\.js 24 or newer; this is v\d+[\s\S]*需要 Node\.js 24/);
});
