// Scans by ordinary connections, without any right, beside nmap -sT and a batch scanner like RustScan, in network
// namespaces: one host with all its ports, and a thousand hosts with a hundred. Argument: rounds (7).
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listenIn } from "../test/scan/listening.ts";
import { createRoad, targetPrefix, type Road } from "../test/scan/road.ts";
import { whyNoNamespaces } from "../test/support/namespace.ts";
import { inTurns, load, median, spread } from "./rig/contest.ts";

const [rounds = 7] = process.argv.slice(2).map(Number);
const program = join(import.meta.dirname, "../bin/portolan");
const batchSource = join(import.meta.dirname, "connect/batch-connect.c");
/** Nobody's rights. */
const plainUser = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all"];
const openPorts = Array.from({ length: 200 }, (_, index) => 1 + index * 327);

const fields = [
  { title: "one host × 65,535 ports", hosts: 1, ports: 65_535 },
  { title: "1,000 hosts × 100 ports", hosts: 1_000, ports: 100 },
] as const;

async function main(road: Road, batchConnect: string): Promise<void> {
  // A listener that accepts nothing keeps what it was sent: each run gets fresh ones.
  let stop: () => Promise<void> = () => Promise.resolve();
  const restart = async (): Promise<void> => {
    await stop();
    stop = await listenIn(road.target, openPorts);
  };
  for (const { title, hosts, ports } of fields) {
    const last = `198.19.${(hosts - 1) >> 8}.${(hosts - 1) & 255}`;
    const nmapTargets = nmapRanges(hosts);
    const expected = openPorts.filter((port) => port <= ports).length * hosts;
    const runs = await inTurns(
      road.scanner,
      {
        portolan: {
          command: [
            ...plainUser,
            program,
            "scan",
            `198.19.0.0-${last}`,
            "-p",
            `1-${ports}`,
            "--scope",
            targetPrefix,
            "--engine",
            "connect",
            "--json",
          ],
          pattern: /"type":"endpoint"/g,
        },
        "nmap -sT -T4 -n -Pn": {
          command: [...plainUser, ..."nmap -sT -T4 -n -Pn -oG - -p".split(" "), `1-${ports}`, ...nmapTargets],
          pattern: /\/open\//g,
        },
        "RustScan-like": {
          command: [...plainUser, batchConnect, "198.19.0.0", String(hosts), String(ports)],
          pattern: /^open /gm,
        },
      },
      rounds,
      { before: restart },
    );
    console.log(`\n${title}, ${expected} open; load ${load()}`);
    const ours = median(runs.get("portolan")?.map(({ ms }) => ms) ?? []);
    for (const [name, list] of runs) {
      const seconds = list.map(({ ms }) => ms / 1_000);
      const cpu = spread(
        list.map(({ cpuMs }) => cpuMs / 1_000),
        2,
      );
      const found = list.map(({ open, done }) => `${open}${done ? "" : " (not done)"}`).join(", ");
      const ratio = ((median(seconds) * 1_000) / ours).toFixed(2);
      console.log(
        `${name.padEnd(20)} ${spread(seconds, 2)} s, ÷ ours ${ratio}, CPU ${cpu} s, found: ${found}`,
      );
    }
  }
  await stop();
}

function nmapRanges(hosts: number): string[] {
  return Array.from({ length: Math.ceil(hosts / 256) }, (_, block) => {
    const last = Math.min(255, hosts - 1 - block * 256);
    return `198.19.${block}.0-${last}`;
  });
}

const reason = whyNoNamespaces("python3", "nmap", "cc", "setpriv");
if (reason === undefined) {
  const folder = mkdtempSync(join(tmpdir(), "portolan-bench-"));
  const road = createRoad();
  try {
    const batchConnect = join(folder, "batch-connect");
    // The plain user must be able to start it.
    chmodSync(folder, 0o755);
    const built = spawnSync("cc", ["-O2", "-o", batchConnect, batchSource], { encoding: "utf8" });
    if (built.status !== 0) throw new Error(built.stderr);
    await main(road, batchConnect);
  } finally {
    road.close();
    rmSync(folder, { recursive: true });
  }
} else console.log(`skipped: ${reason}`);
