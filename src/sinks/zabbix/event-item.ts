import { endpointKey } from "../../model/endpoint.ts";
import type { PortEvent } from "../../model/event.ts";
import { ownerText } from "./owner-text.ts";
import type { TrapperValue } from "./trapper-queue.ts";

export const eventItemKey = "portolan.event";

/** An event as a value of the trapper item. `host`: the technical name under which Zabbix knows the event's host. */
export function eventItem(host: string, event: PortEvent): TrapperValue {
  const { id, kind, atMs, view, endpoint, ownersBefore, ownersAfter, verdict } = event;
  const value = {
    id,
    kind,
    at: new Date(atMs).toISOString(),
    view,
    endpoint: endpointKey(endpoint),
    processBefore: ownersBefore.length === 0 ? null : ownerText(ownersBefore),
    processAfter: ownersAfter.length === 0 ? null : ownerText(ownersAfter),
    verdict: verdict.action,
    highRisk: verdict.highRisk,
  };
  return { host, key: eventItemKey, value: JSON.stringify(value), atMs };
}
