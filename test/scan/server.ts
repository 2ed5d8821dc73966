import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { controlSocketName } from "../../src/cli/data-folder.ts";
import type { ScanRun } from "../../src/model/scan-plan.ts";
import type { Page } from "../../src/store/rows.ts";
import { up } from "../cli/portolan.ts";
import type { Namespace } from "../support/namespace.ts";
import { socketApi, type SocketApi } from "../support/socket-api.ts";

/** A server that lives where the scanner stands, and is spoken to through the socket of its data folder. */
export interface ScanServer extends SocketApi {
  /** Starts the plan and waits for its end; of one that lost its node, for the end of its last attempt. */
  scan(planId: string): Promise<ScanRun>;
  readonly pid: number;
  close(): Promise<void>;
}

const scanMsMax = 120_000;

export async function startScanServer(scanner: Namespace, config: string): Promise<ScanServer> {
  const folder = mkdtempSync(join(tmpdir(), "portolan-scans-"));
  const file = join(folder, "portolan.yaml");
  writeFileSync(file, config);
  const data = join(folder, "data");
  const server = await up(["--data", data, "--config", file, "--no-agent", "--listen", "127.0.0.1:7317"], {
    before: ["nsenter", `--net=/run/netns/${scanner.name}`, "--"],
  });
  const api = socketApi(join(data, controlSocketName));
  return {
    pid: server.child.pid ?? 0,
    ...api,
    async scan(planId) {
      await api.post<ScanRun>(`/scan-plans/${planId}/scans`);
      const giveUpMs = performance.now() + scanMsMax;
      for (;;) {
        const { rows } = await api.get<Page<ScanRun>>(`/scans?planId=${planId}&limit=1`);
        const [run] = rows;
        if (run !== undefined && run.state !== "waiting" && run.state !== "running") return run;
        if (performance.now() > giveUpMs) throw new Error(`the scan does not end: ${JSON.stringify(run)}`);
        await sleep(250);
      }
    },
    async close() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
