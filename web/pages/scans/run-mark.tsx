import { useTranslation } from "react-i18next";
import type { ScanRun, ScanState } from "../../api/shapes.ts";

const shape: Readonly<Record<ScanState, string>> = {
  waiting: "◌",
  running: "◐",
  done: "●",
  stopped: "■",
  failed: "✕",
};
const tone: Readonly<Record<ScanState, string>> = {
  waiting: "mark-stale",
  running: "mark-active",
  done: "mark-recovered",
  stopped: "mark-stale",
  failed: "mark-risk",
};

interface RunMarkProps {
  readonly run: Pick<ScanRun, "state" | "outcome">;
  readonly quiet?: boolean;
}

/** How a scan stands; one that fell silent midway is no full answer, and says so. */
export function RunMark({ run: { state, outcome }, quiet = true }: RunMarkProps) {
  const { t } = useTranslation();
  const blocked = state === "done" && outcome?.blocked === true;
  return (
    <span className={`mark ${blocked ? "mark-down" : tone[state]}${quiet ? " quiet" : ""}`}>
      <span aria-hidden="true">{blocked ? "◑" : shape[state]}</span>{" "}
      {blocked ? t("scans.blocked") : t(`scanState.${state}`)}
    </span>
  );
}

export function isUnderWay({ state }: Pick<ScanRun, "state">): boolean {
  return state === "waiting" || state === "running";
}
