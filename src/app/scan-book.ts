import { newId } from "../base/id.ts";
import type { IntakeAnswer } from "../model/intake.ts";
import type { EventCounts } from "../store/rows.ts";
import type { ScanBook } from "./application.ts";
import type { Commands } from "./commands.ts";
import { newSecret, secretHash, tokenPrefix } from "./secrets.ts";
import type { Settings } from "./settings.ts";
import type { Thread } from "./thread.ts";

interface ScanBookOptions {
  readonly writing: Thread<Commands>;
  readonly scope: () => Settings["scan"];
  /** A plan or a scan is another than before. */
  readonly scanned: () => void;
  readonly changed: (hostIds: readonly string[], kinds: EventCounts) => void;
  readonly ingest: (delivery: { readonly node: string; readonly body: Uint8Array }) => Promise<IntakeAnswer>;
}

export function scanBook({ writing, scope, scanned, changed, ingest }: ScanBookOptions): ScanBook {
  const told = async <T>(work: Promise<T>): Promise<T> => {
    const result = await work;
    scanned();
    return result;
  };
  return {
    scope,
    add: (actor, order) => told(writing.call("addScanPlan", { actor, id: newId(), order })),
    change: (actor, id, order) => told(writing.call("changeScanPlan", { actor, id, order })),
    remove: (actor, id) => told(writing.call("removeScanPlan", { actor, id })),
    start: (actor, planId) => told(writing.call("startScan", { actor, planId, runId: newId() })),
    stop: (actor, runId) => told(writing.call("stopScan", { actor, runId })),
    async importScan(actor, scan) {
      const { answer, hostIds, kinds } = await writing.call("importScan", { actor, scan });
      if (answer.events > 0) changed(hostIds, kinds);
      return answer;
    },
    async enrolNode(name) {
      const secret = newSecret(tokenPrefix);
      await writing.call("enrolNode", { name, tokenId: newId(), secretHash: secretHash(secret) });
      return secret;
    },
    async lease(node) {
      const assignment = await writing.call("leaseScan", { node });
      if (assignment !== null) scanned();
      return assignment;
    },
    report: (node, runId, report) => told(writing.call("reportScan", { node, runId, report })),
    ingest: (node, body) => ingest({ node, body }),
  };
}
