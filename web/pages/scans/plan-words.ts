import { useTranslation } from "react-i18next";
import type { ScanPlanOrder } from "../../api/shapes.ts";
import { count, duration } from "../../text/time.ts";
import { allPorts, usualPorts } from "./plan-draft.ts";

interface PlanWords {
  readonly schedule: (plan: ScanPlanOrder) => string;
  /** null: at any time. */
  readonly window: (plan: ScanPlanOrder) => string | null;
  readonly ports: (plan: ScanPlanOrder) => string;
  readonly bandwidth: (plan: ScanPlanOrder) => string;
}

/** A plan as people say it. */
export function usePlanWords(): PlanWords {
  const { t, i18n } = useTranslation();
  return {
    schedule: ({ schedule }) => {
      if (schedule.kind === "manual") return t("plan.byHand");
      if (schedule.kind === "daily") return t("plan.dailyAt", { time: schedule.at });
      return t("plan.everyTime", { time: duration(schedule.minutes * 60_000, i18n.language) });
    },
    window: ({ window }) =>
      window === null ? null : t("plan.between", { from: window.from, to: window.to }),
    ports: ({ ports }) => {
      if (ports === allPorts) return t("plan.allPorts", { value: count(65_535, i18n.language) });
      return ports === usualPorts ? t("plan.usualPorts") : ports;
    },
    bandwidth: ({ bandwidth }) => bandwidth ?? t("plan.noBandwidth"),
  };
}
