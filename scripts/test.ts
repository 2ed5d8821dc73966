// `npm test`: everything, in order of speed. Brings the Debian packages that it needs where it may; says what it skips.
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { join, relative } from "node:path";
import { runTests } from "./test-run.ts";
import type { Tally } from "./test-run.ts";

const root = join(import.meta.dirname, "..");
if (process.argv.includes("--long")) process.env["PORTOLAN_LONG"] = "1";

const slowestTold = 20;

/** Debian package → a program of it, or the pattern of a file, by which we see that it is there. */
const packages: Readonly<Record<string, string>> = {
  chromium: "chromium",
  iproute2: "ss",
  "net-tools": "netstat",
  busybox: "busybox",
  conntrack: "conntrack",
  ipset: "ipset",
  iptables: "iptables",
  nginx: "nginx",
  nftables: "nft",
  nmap: "nmap",
  masscan: "masscan",
  ndiff: "ndiff",
  "libxml2-utils": "xmllint",
  procps: "sysctl",
  prometheus: "promtool",
  python3: "python3",
  "util-linux": "setpriv",
  zsh: "zsh",
  fish: "fish",
  postgresql: "/usr/lib/postgresql/*/bin/initdb",
  "zabbix-server-pgsql": "zabbix_server",
  "zabbix-agent": "zabbix_agentd",
  "zabbix-frontend-php": "/usr/share/zabbix/api_jsonrpc.php",
  "php-cli": "php",
  "php-pgsql": "/usr/lib/php/*/pgsql.so",
};

const isPresent = (program: string): boolean =>
  program.startsWith("/") ? globSync(program).length > 0 : isOnPath(program);

const isOnPath = (program: string): boolean =>
  spawnSync("sh", ["-c", 'command -v -- "$0"', program], {
    env: { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin:/sbin` },
  }).status === 0;

/** Installs what is missing where that is possible; tests skip themselves for what stays missing. */
function bringPackages(): void {
  const missing = Object.entries(packages).filter(([, program]) => !isPresent(program));
  if (missing.length === 0) return;
  const names = missing.map(([name]) => name);
  if (process.getuid?.() !== 0 || !isPresent("apt-get")) {
    console.log(
      `Not installed, and not installable without root on Debian: ${names.join(", ")}. Tests that need them are skipped.`,
    );
    return;
  }
  console.log(`Installing ${names.join(", ")} …`);
  const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  spawnSync("apt-get", ["update", "-qq"], { stdio: "ignore", env: environment });
  const { status } = spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...names], {
    stdio: ["ignore", "ignore", "inherit"],
    env: environment,
  });
  if (status !== 0) console.log("apt-get did not succeed. Tests that need a missing package are skipped.");
}

const startMs = performance.now();
bringPackages();
const check = spawnSync(process.execPath, ["scripts/check.ts", "--static"], { cwd: root, stdio: "inherit" });

/** What these show of time, or do to the whole machine, holds only while nothing else runs. */
const alone = globSync(
  [
    "test/{agent,collect,e2e}/*.test.ts",
    "test/app/{kill,load,thread}.test.ts",
    "test/cli/{kill,up}.test.ts",
    "test/security/flood.test.ts",
    "test/server/load.test.ts",
    "test/store/guard.test.ts",
  ],
  // There pages are looked at, not timed.
  { cwd: root, exclude: ["test/e2e/{blocks,connections,looks}.test.ts"] },
).sort();
/** What lasts longest begins first, so that nothing long runs on alone at the end. */
const longest = [
  "test/e2e/looks",
  "test/scan/product",
  "test/scan/udp",
  "test/scan/discover",
  "test/zabbix/zabbix",
];
const inTurn = (files: readonly string[]): string[] => {
  const rank = (file: string): number => {
    const at = longest.findIndex((name) => file === `${name}.test.ts`);
    return at < 0 ? longest.length : at;
  };
  return [...files].sort().sort((a, b) => rank(a) - rank(b));
};
/** Each with daemons or namespaces of its own, for which it mostly waits. */
const waiting = inTurn(globSync("test/{firewall,floods,prometheus,scan,zabbix}/*.test.ts", { cwd: root }));
const unit = globSync(["src/**/*.test.ts", "web/**/*.test.ts", "test/*.test.ts"], { cwd: root });
const sideBySide = inTurn(globSync("test/*/**/*.test.ts", { cwd: root, exclude: [...alone, ...waiting] }));

const inRoot = (files: readonly string[]): string[] => files.map((file) => join(root, file));
const tallies: Tally[] = [
  await runTests(inRoot(unit), { together: true }),
  await runTests(inRoot(sideBySide), { together: false, atOnce: 2 }),
  await runTests(inRoot(alone), { together: false }),
  await runTests(inRoot(waiting), { together: false, atOnce: 5 }),
];

const sum = (field: "passed" | "failed" | "skipped"): number =>
  tallies.reduce((total, tally) => total + tally[field], 0);
const failed = sum("failed") + (check.status === 0 ? 0 : 1);
for (const skip of tallies.flatMap((tally) => tally.skips)) console.log(`skipped: ${skip}`);
const slowest = tallies.flatMap(({ files }) => files).toSorted((a, b) => b.ms - a.ms);
for (const { file, ms } of slowest.slice(0, slowestTold))
  console.log(`${(ms / 1_000).toFixed(0).padStart(4)} s ${relative(root, file)}`);
console.log(`${((performance.now() - startMs) / 60_000).toFixed(1)} min`);
console.log(`${sum("passed")} passed, ${failed} failed, ${sum("skipped")} skipped`);
process.exitCode = failed === 0 && sum("passed") > 0 ? 0 : 1;
