import type { IntakeBatch } from "../model/intake.ts";
import type { ScanAssignment, ScanReport } from "../model/scan-plan.ts";
import { postJson } from "./json-post.ts";
import { answerTimeoutMs, apiUrl, createUplink, type Delivery } from "./uplink.ts";

/** An assignment names up to 1,000 targets and 100,000 known addresses. */
const answerBytesMax = 16 * 1024 * 1024;

/** What a scan node says to its server. Failures of the way are values: the node tries again. */
export interface ScanLink {
  /** Undefined: nobody answered, or not well; `why` says it. */
  lease(): Promise<{ readonly assignment: ScanAssignment | null } | { readonly why: string }>;
  /** `goOn` false: the scan is to stop. */
  report(runId: string, report: ScanReport): Promise<{ readonly goOn: boolean } | { readonly why: string }>;
  deliver(batch: IntakeBatch): Promise<Delivery>;
  close(): void;
}

export function createScanLink(serverUrl: string, token: string): ScanLink {
  const uplink = createUplink(serverUrl, token);
  const post = async <Answer>(path: string, body: unknown): Promise<Answer | { readonly why: string }> => {
    try {
      const answer = await postJson({
        url: apiUrl(serverUrl, path),
        token,
        body,
        timeoutMs: answerTimeoutMs,
        answerBytesMax,
      });
      if (answer.status !== 200) return { why: `${answer.status} ${answer.text.slice(0, 200)}` };
      return JSON.parse(answer.text) as Answer;
    } catch (error) {
      return { why: (error as Error).message };
    }
  };
  return {
    lease: () => post("/api/v1/scan-node/lease", {}),
    report: (runId, report) => post(`/api/v1/scan-node/scans/${encodeURIComponent(runId)}/report`, report),
    deliver: (batch) => uplink.send(JSON.stringify(batch)),
    close: uplink.close,
  };
}
