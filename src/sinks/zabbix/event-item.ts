import { endpointKey } from "../../model/endpoint.ts";
import type { HostEvent, PortEvent, TroubleEvent } from "../../model/event.ts";
import { ownerText } from "./owner-text.ts";
import type { TrapperValue } from "./trapper-queue.ts";

export const eventItemKey = "portolan.event";
/** Of trouble, those who hold most. */
const sourcesMax = 10;

/** An event as a value of the trapper item. `host`: the technical name under which Zabbix knows the event's host. */
export function eventItem(host: string, event: HostEvent): TrapperValue {
  const { id, kind, atMs } = event;
  const facts = "trouble" in event ? factsOfTrouble(event) : factsOfPort(event);
  const value = JSON.stringify({ id, kind, at: new Date(atMs).toISOString(), ...facts });
  return { host, key: eventItemKey, value, atMs };
}

function factsOfPort({ view, endpoint, ownersBefore, ownersAfter, verdict }: PortEvent): object {
  return {
    view,
    endpoint: endpointKey(endpoint),
    processBefore: ownersBefore.length === 0 ? null : ownerText(ownersBefore),
    processAfter: ownersAfter.length === 0 ? null : ownerText(ownersAfter),
    verdict: verdict.action,
    highRisk: verdict.highRisk,
  };
}

function factsOfTrouble({ trouble }: TroubleEvent): object {
  const { kind, severity, port, process, sources } = trouble;
  return {
    trouble: kind,
    severity,
    port,
    process: process?.name ?? null,
    sources: sources.slice(0, sourcesMax).map(({ remote }) => remote),
  };
}
