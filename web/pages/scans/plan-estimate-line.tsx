import { useTranslation } from "react-i18next";
import type { ScanPlanOrder } from "../../api/shapes.ts";
import { FigureRow } from "../../panel/figure-row.tsx";
import { bitRate, bytes, count, duration } from "../../text/time.ts";
import { bitsPerSecond, planEstimate } from "./plan-estimate.ts";

interface PlanEstimateLineProps {
  readonly order: ScanPlanOrder;
  /** By the configuration, whatever a plan says. */
  readonly excluded: readonly string[];
}

/** What one pass of the plan will take, while it is being written. */
export function PlanEstimateLine({ order, excluded }: PlanEstimateLineProps) {
  const { t, i18n } = useTranslation();
  const { addresses, ports, packets, bytes: size, seconds } = planEstimate(order, excluded);
  const number = (value: number | null): string =>
    value === null ? t("plan.unknown") : count(value, i18n.language);
  const bits = order.bandwidth === null ? null : bitsPerSecond(order.bandwidth);
  const figures = [
    [t("plan.addresses"), order.targets.length === 0 ? "–" : number(addresses)],
    [t("plan.portsEach"), order.ports === "" ? "–" : number(ports)],
    [t("plan.packets"), number(packets)],
    [t("plan.bytes"), size === null ? t("plan.unknown") : bytes(size, i18n.language)],
    [
      bits === null ? t("plan.time") : t("plan.timeAt", { rate: bitRate(bits, i18n.language) }),
      seconds === null
        ? t(bits === null ? "plan.asFastAsItGoes" : "plan.unknown")
        : duration(seconds * 1_000, i18n.language),
    ],
  ] as const;
  return (
    <section className="estimate" aria-label={t("plan.estimate")} aria-live="polite">
      <FigureRow figures={figures} />
      <p className="dim small">{t("plan.estimateText")}</p>
    </section>
  );
}
