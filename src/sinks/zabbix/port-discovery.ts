// What: listening ports as rows of Zabbix's low-level discovery.
// Idea: one macro, {#ENDPOINT}, names the row and is the key of its items; the others are for names and filters.
// Trap: a macro in what a process calls itself would be resolved by the server, in names of items and triggers. Rows that
//   come and go make items that come and go: clients' UDP sockets are for the filter of the rule.
// Source: Zabbix manual, "Low-level discovery", JSON since 4.2 without `data` around it.

import { cutText } from "../../base/text.ts";
import { endpointKey } from "../../model/endpoint.ts";
import type { Listener } from "../../model/listener.ts";
import { ownerLabel, ownersOf } from "../../model/owner.ts";

/** Rows of one answer, lowest ports first; what is beyond is left out. */
export const discoveredMax = 2_000;
/** The name of an item holds 255 characters; the rest of it, and of an endpoint, takes about half. */
const processCharactersMax = 120;

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

/** Who holds it, in the words of one line; `?` when unknown. */
function processOf({ processes, leaders }: Listener): string {
  const owners = ownersOf(processes.filter(({ pid }) => leaders.includes(pid)));
  if (owners.length === 0) return "?";
  const labels = owners.map(ownerLabel).join(", ");
  return cutText(labels.replaceAll("{", "(").replaceAll("}", ")"), processCharactersMax, "…");
}
