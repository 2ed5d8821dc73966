// What a real agent costs a host: CPU and memory of the whole child process, read from /proc.
import { once } from "node:events";
import type { ChildProcess } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { up } from "../cli/portolan.ts";
import { createNamespace } from "../support/namespace.ts";
import type { Namespace } from "../support/namespace.ts";
import { until, wait } from "./rig.ts";

export interface AgentCost {
  /** Of one core, on average. */
  readonly corePercent: number;
  readonly rssMiB: number;
  /** The most it ever held. */
  readonly peakMiB: number;
}

interface CostOptions {
  readonly listeners: number;
  /** Established, both ends on this host: twice as many sockets. */
  readonly connections: number;
  readonly seconds: number;
}

const crowdScript = join(import.meta.dirname, "../../bench/collect/crowd.ts");
/** Below the usual hard limit of descriptors per process. */
const socketsPerProcess = 18_000;
const portsPerProcess = 4;
/** Compiled, connected, first looks done: what follows is the everyday. */
const warmUpMs = 10_000;
/** USER_HZ, which every Linux reports as 100 (proc(5)). */
const ticksPerSecond = 100;

/** `portolan up` in a namespace of its own among that many sockets, with its real local agent at the usual 2 s. */
export async function measureAgent({ listeners, connections, seconds }: CostOptions): Promise<AgentCost> {
  const namespace = createNamespace();
  const folder = mkdtempSync(join(tmpdir(), "portolan-cost-"));
  const crowd: ChildProcess[] = [];
  try {
    namespace.run("sysctl", "-qw", "net.ipv4.ip_local_port_range=1024 65000");
    await hold(namespace, crowd, ["listen", String(listeners)]);
    for (let made = 0, port = 500; made < connections; made += socketsPerProcess, port += portsPerProcess) {
      const count = Math.min(socketsPerProcess, connections - made);
      await hold(namespace, crowd, ["accept", String(port), String(portsPerProcess)]);
      await hold(namespace, crowd, ["connect", String(port), String(portsPerProcess), String(count)]);
    }
    const before = ["nsenter", `--net=/run/netns/${namespace.name}`, "--"];
    const words = ["--data", folder, "--listen", "127.0.0.1:7317"];
    // The first start compiles; the everyday finds the code compiled.
    const first = await up(words, { before });
    await wait(3000);
    await first.stop();
    const server = await up(words, { before });
    try {
      const agent = (): number | undefined => agentOf(server.child.pid ?? 0);
      await until(() => agent() !== undefined, 10_000);
      await wait(warmUpMs);
      const pid = agent() ?? 0;
      const startCpuMs = cpuMs(pid);
      const startMs = performance.now();
      await wait(seconds * 1000);
      const elapsedMs = performance.now() - startMs;
      return {
        corePercent: ((cpuMs(pid) - startCpuMs) / elapsedMs) * 100,
        rssMiB: memory(pid, "VmRSS"),
        peakMiB: memory(pid, "VmHWM"),
      };
    } finally {
      await server.stop();
    }
  } finally {
    for (const child of crowd) child.stdin?.end();
    await Promise.all(crowd.filter(({ exitCode }) => exitCode === null).map((child) => once(child, "exit")));
    namespace.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function hold(namespace: Namespace, crowd: ChildProcess[], words: string[]): Promise<void> {
  const child = namespace.spawn(process.execPath, [crowdScript, ...words], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  crowd.push(child);
  if (child.stdout === null) throw new Error("no pipe");
  await once(child.stdout, "data");
}

function agentOf(parent: number): number | undefined {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((pid) => {
      try {
        const isChild = new RegExp(`^PPid:\\t${parent}$`, "m").test(
          readFileSync(`/proc/${pid}/status`, "utf8"),
        );
        return isChild && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("--local");
      } catch {
        return false;
      }
    });
}

function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1000;
}

function memory(pid: number, field: "VmRSS" | "VmHWM"): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0) / 1024;
}
