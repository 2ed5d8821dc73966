import { zabbixHost } from "../model/zabbix-host.ts";
import { countsItem } from "../sinks/zabbix/counts-item.ts";
import type { TrapperSender } from "../sinks/zabbix/trapper-sender.ts";
import type { Application } from "./application.ts";

/** A host's connections are told at most so often. */
export const countsEveryMs = 60_000;

/**
 * Offers the connections of every host that told them since it was last offered. `hostname`: template of the name in
 * Zabbix. A value that still waits is not joined by a second one: counts must not crowd out events.
 */
export function countsTeller(
  read: Pick<Application["read"], "connectionHosts">,
  sender: Pick<TrapperSender, "offer" | "waitsFor">,
  hostname: string,
): () => Promise<void> {
  let told = new Map<string, number>();
  return async () => {
    const hosts = await read.connectionHosts();
    const now = new Map<string, number>();
    for (const { hostId, hostName, tcp, atMs, stale } of hosts) {
      const before = told.get(hostId) ?? Number.NEGATIVE_INFINITY;
      const item = countsItem(zabbixHost(hostname, hostName), tcp, atMs);
      const isDue = !stale && Math.abs(atMs - before) >= countsEveryMs && !sender.waitsFor(item);
      if (isDue) sender.offer(item);
      now.set(hostId, isDue ? atMs : before);
    }
    told = now;
  };
}
