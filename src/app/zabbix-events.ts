import type { Clock } from "../base/clock.ts";
import { zabbixHost } from "../model/zabbix-host.ts";
import { eventItem } from "../sinks/zabbix/event-item.ts";
import type { TrapperLimits } from "../sinks/zabbix/trapper-queue.ts";
import { openTrapperSender } from "../sinks/zabbix/trapper-sender.ts";
import type { Application } from "./application.ts";
import { followEvents } from "./event-tail.ts";
import { countsTeller } from "./zabbix-counts.ts";
import { trapperCheck } from "./zabbix-health.ts";

interface ZabbixEventsOptions {
  readonly server: { readonly host: string; readonly port: number };
  /** Template of a host's technical name in Zabbix. */
  readonly hostname: string;
  /** Whether the connections of every host are told as well. */
  readonly counts: boolean;
  readonly application: Pick<Application, "read" | "feed" | "raiseHealth">;
  readonly clock: Clock;
  /** A sentence for the log. */
  readonly report: (sentence: string) => void;
  readonly limits?: Partial<TrapperLimits>;
  /** How often it is asked whether values arrive. */
  readonly checkEveryMs?: number;
}

export interface ZabbixEvents {
  /** Lets the request under way end, 10 s at most; what still waits is lost. */
  close(): Promise<void>;
}

const usualCheckMs = 5_000;
/** How often hosts that are due are looked for: samples come every 8 s. */
const countsCheckMs = 10_000;
/** What was given up is told for so long. */
const lossShownMs = 3_600_000;

/** Tells a Zabbix server every event from now on, and the health check `zabbix` whether it takes them. */
export function tellZabbix(options: ZabbixEventsOptions): ZabbixEvents {
  const { server, hostname, application, clock, report, limits = {}, checkEveryMs = usualCheckMs } = options;
  const sender = openTrapperSender({ ...server, clock, report, limits });
  const tail = followEvents({
    application,
    clock,
    take: (event) => sender.offer(eventItem(zabbixHost(hostname, event.hostName), event)),
  });
  let raised = "";
  let loss = { count: 0, atMs: Number.NEGATIVE_INFINITY };
  const check = (): void => {
    const { overflowed, expired, refused } = sender.counters;
    const count = overflowed + expired + refused;
    const nowMs = clock.monotonicMs();
    if (count > loss.count) loss = { count, atMs: nowMs };
    const lost = nowMs - loss.atMs < lossShownMs ? loss.count : 0;
    const { isAway, refusedItems, waiting } = sender;
    const judged = trapperCheck({ server: server.host, isAway, refusedItems, waiting, lost });
    const text = JSON.stringify(judged);
    if (text !== raised) application.raiseHealth(judged);
    raised = text;
  };
  check();
  const timer = setInterval(check, checkEveryMs);
  timer.unref();
  const tellCounts = countsTeller(application.read, sender, hostname);
  // What cannot be read now is read the next time.
  const counting = setInterval(() => void tellCounts().catch(() => undefined), countsCheckMs);
  counting.unref();
  if (!options.counts) clearInterval(counting);
  return {
    async close() {
      clearInterval(timer);
      clearInterval(counting);
      tail.close();
      await sender.close();
    },
  };
}
