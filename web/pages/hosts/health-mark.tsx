import { useTranslation } from "react-i18next";
import type { HostRow } from "../../api/shapes.ts";

const shape: Record<HostRow["health"], string> = { ok: "●", late: "◐", silent: "○", limited: "◒" };
const tone: Record<HostRow["health"], string> = {
  ok: "mark-recovered",
  late: "mark-down",
  silent: "mark-risk",
  limited: "mark-down",
};

export function HealthMark({ health }: { readonly health: HostRow["health"] }) {
  const { t } = useTranslation();
  return (
    <span className={`mark quiet ${tone[health]}`} title={t(`hostHealthLong.${health}`)}>
      <span aria-hidden="true">{shape[health]}</span> {t(`hostHealth.${health}`)}
    </span>
  );
}

/** The newest look of any source at a host. */
export function lastLook(host: HostRow): number | null {
  const looks = host.sources.flatMap((source) => (source.lastLookMs === null ? [] : [source.lastLookMs]));
  return looks.length === 0 ? null : Math.max(...looks);
}
