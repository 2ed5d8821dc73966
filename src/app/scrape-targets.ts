import { PortolanError } from "../base/errors.ts";
import type { Host } from "../model/host.ts";
import { targetGroup, type TargetGroup } from "../sinks/prometheus/target-groups.ts";
import { pageRowsMax, type PortFilter } from "../store/queries.ts";
import type { Reader } from "../store/store.ts";
import { allHosts } from "./overview.ts";
import { serviceName } from "./service-names.ts";

export type TargetQuery = Pick<PortFilter, "transport" | "port" | "owner" | "hostId" | "highRisk"> & {
  /** Of the host. */
  readonly label?: { readonly key: string; readonly value: string } | undefined;
};

/** Endpoints that one answer may be made of. */
export const targetEndpointsMax = 20_000;

/**
 * Endpoints that are up and can be reached from elsewhere, each address and port once. Prometheus takes an answer for the
 * whole truth and keeps the last one when it gets none: so too many are `invalid`, not cut.
 */
export async function scrapeTargets(
  reader: Reader,
  { label, ...filter }: TargetQuery,
): Promise<TargetGroup[]> {
  const hosts = await allHosts(reader);
  const wanted = new Map<string, Host>(
    hosts
      .filter(({ labels }) => label === undefined || labels[label.key] === label.value)
      .map((host) => [host.id, host]),
  );
  const groups = new Map<string, TargetGroup>();
  let read = 0;
  let cursor: string | null | undefined;
  do {
    const page = await reader.ports({
      ...filter,
      state: "up",
      limit: pageRowsMax,
      cursor: cursor ?? undefined,
    });
    read += page.rows.length;
    if (read > targetEndpointsMax) throw tooMany();
    for (const row of page.rows) {
      const host = wanted.get(row.hostId);
      const group = host === undefined ? null : targetGroup({ ...row, service: serviceName(row) }, host);
      const target = group?.targets[0];
      if (group === null || target === undefined) continue;
      // The view from inside names the process; that from outside cannot.
      if (row.view === "inside" || !groups.has(target)) groups.set(target, group);
    }
    ({ nextCursor: cursor } = page);
  } while (cursor !== null);
  return [...groups.values()];
}

function tooMany(): PortolanError {
  return new PortolanError("invalid", `More than ${targetEndpointsMax} endpoints are up for this filter.`, {
    hint: "Narrow it by port, process, host or label.",
    details: { max: targetEndpointsMax },
  });
}
