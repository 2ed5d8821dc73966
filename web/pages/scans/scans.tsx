import { useQueries, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { lastScanQuery, scanPlansQuery, scansQuery } from "../../api/queries.ts";
import { useMayOperate } from "../../api/session.ts";
import type { Page, ScanPlan, ScanPlanList, ScanRun } from "../../api/shapes.ts";
import { AddButton } from "../../forms/add-button.tsx";
import { Panel } from "../../panel/panel.tsx";
import { Answer } from "../../states/answer.tsx";
import { Empty } from "../../states/states.tsx";
import { useNow } from "../../text/ago.tsx";
import { FormerScans } from "./former-scans.tsx";
import { PlanDialog } from "./plan-dialog.tsx";
import { isOverdue } from "./plan-due.ts";
import { Plans } from "./plans.tsx";
import { isUnderWay } from "./run-mark.tsx";
import { NoScope, ScopeLine } from "./scope.tsx";
import { NoNode, UnderWay } from "./under-way.tsx";
import "./scans.css";

const head = scansQuery({});

export function ScansPage() {
  const { t } = useTranslation();
  const now = useNow();
  const plans = useQuery(scanPlansQuery);
  const newest = useQuery(head);
  const last = useLastScans(plans.data?.rows ?? [], newest.data);
  const mayAdd = useMayOperate() && (plans.data?.scope.scope.length ?? 0) > 0;
  const underWay = [...last.values()].filter(isUnderWay);
  const strays = (newest.data?.rows ?? []).filter((run) => isUnderWay(run) && !last.has(run.planId));
  // A node that is busy asks for nothing more: only where all is quiet an overdue plan says that there is none.
  const runs = [...underWay, ...strays];
  return (
    <div className="page">
      <div className="spread">
        <h1>{t("page.scans")}</h1>
        {mayAdd && <AddButton label={t("scans.addPlan")} dialog={PlanDialog} />}
      </div>
      <UnderWay runs={runs} />
      <Answer of={plans} boxed>
        {(list) => (
          <>
            {list.scope.scope.length === 0 ? <NoScope /> : <ScopeLine scope={list.scope} />}
            {runs.length === 0 && list.rows.some((plan) => isOverdue(plan, now)) && (
              <NoNode title={t("scans.nobodyScans")} />
            )}
            <PlanPanel list={list} last={last} />
          </>
        )}
      </Answer>
      <FormerScans plans={plans.data?.rows ?? []} />
    </div>
  );
}

interface PlanPanelProps {
  readonly list: ScanPlanList;
  readonly last: ReadonlyMap<string, ScanRun>;
}

function PlanPanel({ list: { rows, scope }, last }: PlanPanelProps) {
  const { t } = useTranslation();
  const mayOperate = useMayOperate();
  // Without a scope the page says what comes first.
  if (rows.length === 0 && scope.scope.length === 0) return null;
  return (
    <Panel title={t("scans.plans")}>
      {rows.length === 0 ? (
        <Empty
          title={t("scans.noPlan")}
          action={mayOperate && <AddButton label={t("scans.addPlan")} dialog={PlanDialog} />}
        >
          {t("scans.noPlanText")} {!mayOperate && t("scans.askOperator")}
        </Empty>
      ) : (
        <Plans plans={rows} last={last} />
      )}
    </Panel>
  );
}

/** The newest scan of each plan: from the newest page, and asked for by itself where that does not reach back so far. */
function useLastScans(
  plans: readonly ScanPlan[],
  newest: Page<ScanRun> | undefined,
): ReadonlyMap<string, ScanRun> {
  const last = new Map<string, ScanRun>();
  const keep = (run: ScanRun): void => {
    if (!last.has(run.planId)) last.set(run.planId, run);
  };
  newest?.rows.forEach(keep);
  const further = newest !== undefined && newest.nextCursor !== null;
  const missing = further ? plans.filter(({ id }) => !last.has(id)) : [];
  const answers = useQueries({ queries: missing.map(({ id }) => lastScanQuery(id)) });
  for (const { data } of answers) data?.rows.forEach(keep);
  return last;
}
