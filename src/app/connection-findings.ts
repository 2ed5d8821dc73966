import { PortolanError } from "../base/errors.ts";
import { connectionSeverities, type ConnectionVerdict } from "../model/connection-verdict.ts";
import type { OddRemote } from "../model/odd-remote.ts";
import type { ConnectionFindings, ConnectionFindingsRecord } from "../store/rows.ts";
import type { Reader } from "../store/store.ts";
import { lateAfterMs } from "./source-health.ts";
import type { Moment } from "./thread-messages.ts";

interface OfHost extends Pick<ConnectionFindingsRecord, "hostId" | "hostName" | "atMs"> {
  /** Not heard lately: it may be over. */
  readonly stale: boolean;
}

/** What is wrong with connections now, over all hosts. */
export interface FleetFindings {
  /** Worst first, then the latest; at most `firingShownMax`. */
  readonly firing: readonly (OfHost & { readonly verdict: ConnectionVerdict })[];
  readonly firingTotal: number;
  /** Oddest first, at most `oddShownMax`. */
  readonly odd: readonly (OfHost & { readonly odd: OddRemote })[];
}

const firingShownMax = 200;
const oddShownMax = 50;

const rank = ({ severity }: ConnectionVerdict): number => connectionSeverities.indexOf(severity);

export async function fleetFindings(reader: Reader, _: null, { nowMs }: Moment): Promise<FleetFindings> {
  const records = await reader.connectionFindings();
  const ofHost = ({ hostId, hostName, atMs }: ConnectionFindingsRecord): OfHost => ({
    hostId,
    hostName,
    atMs,
    stale: nowMs - atMs > lateAfterMs,
  });
  const firing = records.flatMap((record) =>
    record.firing.map((verdict) => ({ ...ofHost(record), verdict })),
  );
  const odd = records.flatMap((record) => record.odd.map((one) => ({ ...ofHost(record), odd: one })));
  return {
    firing: firing
      .sort((a, b) => rank(b.verdict) - rank(a.verdict) || b.verdict.sinceMs - a.verdict.sinceMs)
      .slice(0, firingShownMax),
    firingTotal: firing.length,
    odd: odd.sort((a, b) => b.odd.score - a.odd.score).slice(0, oddShownMax),
  };
}

/** Empty for a host that has told no connections; `not-found` when there is no such host. */
export async function findingsOfHost(reader: Reader, hostId: string): Promise<ConnectionFindings> {
  const record = await reader.connectionFindingsOf(hostId);
  if (record !== undefined) return { firing: record.firing, odd: record.odd };
  if ((await reader.host(hostId)) !== undefined) return { firing: [], odd: [] };
  throw new PortolanError("not-found", "There is no such host.", { details: { id: hostId } });
}
