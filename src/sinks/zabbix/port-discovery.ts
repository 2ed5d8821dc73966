// What: listening ports as rows of Zabbix's low-level discovery.
// Idea: one macro, {#ENDPOINT}, names the row and is the key of its items; the others are for names and filters.
// Trap: rows that come and go make items that come and go: clients' UDP sockets are for the filter of the rule.
// Source: Zabbix manual, "Low-level discovery", JSON since 4.2 without `data` around it.

import { endpointKey } from "../../model/endpoint.ts";
import type { Listener } from "../../model/listener.ts";
import { ownersOf } from "../../model/owner.ts";
import { ownerText } from "./owner-text.ts";

/** Rows of one answer, lowest ports first; what is beyond is left out. */
export const discoveredMax = 2_000;

/** The JSON text. */
export function discoveryOf(listeners: readonly Listener[]): string {
  const rows = listeners
    .map((listener) => ({ listener, key: endpointKey(listener) }))
    .sort((a, b) => a.listener.port - b.listener.port || (a.key < b.key ? -1 : 1))
    .slice(0, discoveredMax)
    .map(({ listener, key }) => ({
      "{#ENDPOINT}": key,
      "{#PORT}": String(listener.port),
      "{#TRANSPORT}": listener.transport,
      "{#ADDRESS}": listener.address,
      "{#SCOPE}": listener.scope,
      "{#PROCESS}": processOf(listener),
    }));
  return JSON.stringify(rows);
}

function processOf({ processes, leaders }: Listener): string {
  return ownerText(ownersOf(processes.filter(({ pid }) => leaders.includes(pid))));
}
