import { PortolanError } from "../base/errors.ts";
import { connectionStates, type ConnectionCounts } from "../model/connection-counts.ts";
import { historySteps } from "../model/connection-history.ts";
import type { ConnectionSample } from "../model/connection-sample.ts";
import type { ConnectionHostRecord } from "../store/rows.ts";
import type { Reader } from "../store/store.ts";
import {
  connectionCourse,
  courseGrain,
  topCourses,
  type ConnectionCourse,
  type CourseSpan,
  type TopCourses,
} from "./connection-course.ts";
import { lateAfterMs } from "./source-health.ts";
import type { Moment } from "./thread-messages.ts";

/** How busy one host was when it was last heard. */
export interface HostConnections extends ConnectionHostRecord {
  /** Not heard lately: the figures are old, not wrong. */
  readonly stale: boolean;
}

/** The hosts that were heard lately, as one. */
export interface FleetConnections {
  readonly hosts: number;
  /** Hosts that told their connections once, and not lately. */
  readonly silent: number;
  readonly connections: number;
  readonly tcp: ConnectionCounts;
  readonly udp: number;
  /** At most `busiestMax` of each, most first; those without a half-open connection are left out of the second. */
  readonly mostConnections: readonly HostConnections[];
  readonly mostHalfOpen: readonly HostConnections[];
}

export interface HostConnectionsDetail extends HostConnections {
  readonly sample: ConnectionSample;
}

export interface CourseQuery extends CourseSpan {
  /** Null: the fleet's. */
  readonly hostId: string | null;
}

export interface ConnectionHistory extends ConnectionCourse {
  readonly fromMs: number;
  readonly toMs: number;
  readonly tops: TopCourses;
}

const busiestMax = 20;
const topsMax = 10;
/** Of the small charts beside the busiest. */
const topPointsMax = 60;
const [{ stepMs: finestMs }, { stepMs: minuteMs }] = historySteps;
/** Hosts end a minute at different moments: until then the fleet's is not whole. */
const settledAfterMs = 2 * finestMs;

export async function fleetConnections(reader: Reader, _: null, moment: Moment): Promise<FleetConnections> {
  const all = await connectionHosts(reader, _, moment);
  const heard = all.filter(({ stale }) => !stale);
  const sum = (of: (host: HostConnections) => number): number =>
    heard.reduce((total, host) => total + of(host), 0);
  const most = (of: (host: HostConnections) => number): HostConnections[] =>
    heard.toSorted((a, b) => of(b) - of(a)).slice(0, busiestMax);
  const halfOpen = ({ tcp }: HostConnections): number => tcp["SYN-RECEIVED"];
  return {
    hosts: heard.length,
    silent: all.length - heard.length,
    connections: sum(({ connections }) => connections),
    tcp: Object.fromEntries(
      connectionStates.map((state) => [state, sum(({ tcp }) => tcp[state])]),
    ) as ConnectionCounts,
    udp: sum(({ udp }) => udp),
    mostConnections: most(({ connections }) => connections),
    mostHalfOpen: most(halfOpen).filter((host) => halfOpen(host) > 0),
  };
}

/** Of every host that told its connections once. */
export async function connectionHosts(
  reader: Reader,
  _: null,
  { nowMs }: Moment,
): Promise<readonly HostConnections[]> {
  return (await reader.connectionHosts()).map((host) => hostConnections(host, nowMs));
}

function hostConnections<Host extends ConnectionHostRecord>(
  host: Host,
  nowMs: number,
): Host & { readonly stale: boolean } {
  return { ...host, stale: nowMs - host.atMs > lateAfterMs };
}

/** Null when the host has not told any; `not-found` when there is no such host. */
export async function connectionsOfHost(
  reader: Reader,
  hostId: string,
  { nowMs }: Moment,
): Promise<HostConnectionsDetail | null> {
  const latest = await reader.connectionLatest(hostId);
  if (latest !== undefined) return hostConnections(latest, nowMs);
  await mustKnow(reader, hostId);
  return null;
}

export async function connectionHistory(
  reader: Reader,
  query: CourseQuery,
  { nowMs }: Moment,
): Promise<ConnectionHistory> {
  const { hostId, fromMs, toMs, points } = query;
  const fleet = hostId === null;
  if (!fleet) await mustKnow(reader, hostId);
  const grain = courseGrain(query, nowMs, fleet ? minuteMs : finestMs);
  const topGrain = courseGrain({ ...query, points: Math.min(points, topPointsMax) }, nowMs, minuteMs);
  const slices = async (stepMs: number, tops: boolean) => {
    const untilMs = fleet ? Math.min(toMs, nowMs - settledAfterMs - stepMs) : toMs;
    const found = await reader.connectionSlices({ hostId, stepMs, fromMs, toMs: untilMs, tops });
    // How many hosts there were must not weigh: over time the fleet counts once each minute.
    return fleet ? found.map((slice) => ({ ...slice, samples: 1 })) : found;
  };
  const busiest = await slices(topGrain.stepMs, true);
  const course = grain.stepMs === topGrain.stepMs ? busiest : await slices(grain.stepMs, false);
  const bare = course.map((slice) => ({ ...slice, tops: [] }));
  return {
    fromMs,
    toMs,
    ...connectionCourse(bare, grain.pointMs),
    tops: topCourses(busiest, topGrain.pointMs, topsMax),
  };
}

async function mustKnow(reader: Reader, hostId: string): Promise<void> {
  if ((await reader.host(hostId)) !== undefined) return;
  throw new PortolanError("not-found", "There is no such host.", { details: { id: hostId } });
}
