// What: an endpoint that is up → a target of Prometheus' HTTP service discovery, with what we know as `__meta_` labels.
// Idea: one group for each target, because every endpoint has labels of its own; who scrapes keeps what they relabel.
// Trap: an address that only its own machine can reach (loopback, link-local, a container's) is no target for others.
// Source: prometheus.io/docs/prometheus/latest/http_sd; label names by [a-zA-Z_][a-zA-Z0-9_]*.
import { joinHostPort } from "../../base/ip.ts";
import type { View } from "../../model/coverage.ts";
import { bindingScope, type BindingScope, type Endpoint } from "../../model/endpoint.ts";
import type { Host } from "../../model/host.ts";

/** What is told of an endpoint; null stands for unknown. */
export interface TargetEndpoint extends Endpoint {
  readonly scope: BindingScope;
  readonly view: View;
  readonly process: string | null;
  readonly user: string | null;
  readonly unit: string | null;
  readonly service: string | null;
  readonly highRisk: string | null;
}

export interface TargetGroup {
  readonly targets: readonly [string];
  readonly labels: Readonly<Record<string, string>>;
}

/** Null where nobody but its own machine can reach it. */
export function targetGroup(endpoint: TargetEndpoint, host: Host): TargetGroup | null {
  const address = reachableAddress(endpoint, host.addresses);
  if (address === undefined) return null;
  const { transport, port, scope, view, process, user, unit, service, highRisk } = endpoint;
  const known: Readonly<Record<string, string | null>> = {
    host: host.hostname,
    host_id: host.id,
    address: endpoint.address,
    port: String(port),
    transport,
    scope,
    view,
    process,
    user,
    unit,
    service,
    high_risk: highRisk,
  };
  const labels: Record<string, string> = {};
  for (const [name, value] of Object.entries(known))
    if (value !== null) labels[`__meta_portolan_${name}`] = value.toWellFormed();
  for (const [name, value] of Object.entries(host.labels))
    labels[`__meta_portolan_host_label_${name.replaceAll(/[^a-zA-Z0-9_]/g, "_")}`] = value.toWellFormed();
  return { targets: [joinHostPort(address, port)], labels };
}

/** Of an endpoint at every address, the first of the host's that the socket serves; IPv4 before IPv6. */
function reachableAddress(
  { address, scope, networkNamespace, view }: TargetEndpoint,
  addresses: readonly string[],
): string | undefined {
  if (networkNamespace !== null && view === "inside") return undefined;
  if (scope !== "all") return isReachable(address) ? address : undefined;
  const reachable = addresses.filter(isReachable);
  const ipv4 = reachable.find((each) => !each.includes(":"));
  return ipv4 ?? (address.includes(":") ? reachable[0] : undefined);
}

const linkLocal = /^(?:fe[89ab][0-9a-f]:|169\.254\.)/i;

const isReachable = (address: string): boolean =>
  bindingScope(address) !== "loopback" && !linkLocal.test(address);
