import type { TFunction } from "i18next";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { Kind, PortRow, Scope, Severity, View } from "../api/shapes.ts";
import { visible } from "../text/hostile.ts";

/** Shape and colour say the same; the CLI and the mails use the same shapes. */
export const kinds: readonly Kind[] = [
  "new",
  "down",
  "recovered",
  "changed",
  "trouble",
  "trouble-worse",
  "trouble-over",
];
export const kindShape: Record<Kind, string> = {
  new: "▲",
  down: "▼",
  recovered: "↺",
  changed: "◆",
  trouble: "⚑",
  "trouble-worse": "⇈",
  "trouble-over": "✓",
};

/* The small letters are plain functions for the rows of a grid, where a hook per cell would cost frames. */

export function kindMark(kind: Kind, quiet: boolean, t: TFunction) {
  return (
    <span className={quiet ? `mark mark-${kind} quiet` : `mark mark-${kind}`}>
      <span aria-hidden="true">{kindShape[kind]}</span> {t(`kind.${kind}`)}
    </span>
  );
}

export const KindMark = memo(function KindMark({
  kind,
  quiet = false,
}: {
  readonly kind: Kind;
  readonly quiet?: boolean;
}) {
  const { t } = useTranslation();
  return kindMark(kind, quiet, t);
});

const severityShape: Record<Severity, string> = { look: "◌", warning: "▲", critical: "⬣" };

export const SeverityMark = memo(function SeverityMark({ severity }: { readonly severity: Severity }) {
  const { t } = useTranslation();
  return (
    <span className={`mark mark-${severity}`}>
      <span aria-hidden="true">{severityShape[severity]}</span> {t(`severity.${severity}`)}
    </span>
  );
});

/** Says why; a code that this build does not know is shown as it is. */
export function riskWords(code: string, t: TFunction): string {
  const key = `risk.${code}`;
  const words = t(key as "risk.label");
  // i18next answers an unknown key with the key.
  return words === key ? t("risk.default", { code }) : words;
}

export function useRiskWords(): (code: string) => string {
  const { t } = useTranslation();
  return (code) => riskWords(code, t);
}

export function riskMark(code: string, short: boolean, t: TFunction) {
  return (
    <span className="mark mark-risk" title={riskWords(code, t)}>
      <span aria-hidden="true">⬣</span>{" "}
      {short ? <span className="hidden-text">{t("risk.label")}</span> : t("risk.label")}
    </span>
  );
}

export const RiskMark = memo(function RiskMark({
  code,
  short = false,
}: {
  readonly code: string;
  readonly short?: boolean;
}) {
  const { t } = useTranslation();
  return riskMark(code, short, t);
});

function scopeMark(scope: Scope, t: TFunction) {
  return (
    <span className={`scope scope-${scope}`} title={t(`scopeLong.${scope}`)}>
      <span aria-hidden="true" className="scope-dots">
        <i />
        <i />
        <i />
      </span>
      {t(`scope.${scope}`)}
    </span>
  );
}

export const ExposureMark = memo(function ExposureMark({ of }: { readonly of: Exposed }) {
  const { t } = useTranslation();
  return exposureMark(of, t);
});

type Exposed = Pick<PortRow, "view" | "scope" | "elsewhere">;

function viewMark(view: View, t: TFunction) {
  return (
    <span className="scope" title={t(`viewLong.${view}`)}>
      <span aria-hidden="true">{viewShape[view]}</span> {t(`viewShort.${view}`)}
    </span>
  );
}
const viewShape: Record<View, string> = { inside: "⌂", outside: "◎", wire: "≈" };

/** Who can reach it: from inside told by what it is bound to, from elsewhere by having been reached. */
export function exposureMark({ view, scope, elsewhere }: Exposed, t: TFunction) {
  if (view !== "inside") return viewMark(view, t);
  const reached = elsewhere.find((other) => other.view === "outside");
  if (reached === undefined) return scopeMark(scope, t);
  return (
    <span className="nowrap">
      {scopeMark(scope, t)}{" "}
      <span className="scope" title={t("reached.long", { from: visible(reached.vantage ?? "") })}>
        <span aria-hidden="true">{viewShape.outside}</span> {t("reached.short")}
      </span>
    </span>
  );
}

export function stateMark(state: string, stale: boolean, t: TFunction) {
  if (state === "down") return <span className="mark mark-down quiet">▼ {t("state.down")}</span>;
  return stale ? (
    <span className="mark mark-stale">◌ {t("state.stale")}</span>
  ) : (
    <span className="mark mark-recovered quiet">● {t("state.up")}</span>
  );
}

export const StateMark = memo(function StateMark({
  state,
  stale,
}: {
  readonly state: string;
  readonly stale: boolean;
}) {
  const { t } = useTranslation();
  return stateMark(state, stale, t);
});
