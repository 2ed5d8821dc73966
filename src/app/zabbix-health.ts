import { healthCheck } from "./health.ts";
import type { HealthCheck } from "./views.ts";

interface TrapperState {
  readonly server: string;
  readonly isAway: boolean;
  readonly refusedItems: number;
  readonly waiting: number;
  /** Values given up lately. */
  readonly lost: number;
}

/** Whether events arrive at Zabbix; the gravest first. */
export function trapperCheck({ server, isAway, refusedItems, waiting, lost }: TrapperState): HealthCheck {
  if (isAway)
    return healthCheck("zabbix", "degraded", {
      code: "zabbix-away",
      params: { server, pending: waiting },
      what: `The Zabbix server ${server} takes no values: ${waiting} wait.`,
      mend: "Is zabbix.trapper.server right, does it run, and may this machine reach its trapper port?",
    });
  if (refusedItems > 0)
    return healthCheck("zabbix", "degraded", {
      code: "zabbix-refuses",
      params: { server, count: refusedItems },
      what: `The Zabbix server ${server} refuses values: items that it does not know: ${refusedItems}.`,
      mend: "Give the hosts their template, and the name that zabbix.trapper.hostname makes; a new item is taken within a minute. The log names them.",
    });
  if (lost > 0)
    return healthCheck("zabbix", "degraded", {
      code: "zabbix-lost",
      params: { server, count: lost },
      what: `${lost} values were given up: the Zabbix server ${server} did not take them in time.`,
      mend: "The events page has them all. This clears an hour after the last one.",
    });
  return healthCheck("zabbix", "ok", {
    code: "zabbix-takes",
    params: { server },
    what: `The Zabbix server ${server} takes what it is told.`,
  });
}
