import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { scansKey } from "../../api/queries.ts";
import { useMayOperate } from "../../api/session.ts";
import type { ScanPlan, ScanRun } from "../../api/shapes.ts";
import { RemoveButton } from "../../forms/remove-button.tsx";
import { Table, type TableColumn } from "../../lists/table.tsx";
import { Ago, useNow } from "../../text/ago.tsx";
import { Foreign } from "../../text/foreign.tsx";
import { visible } from "../../text/hostile.ts";
import { count, share } from "../../text/time.ts";
import { useStartScan, useSwitchPlan } from "./deeds.ts";
import { PlanDialog } from "./plan-dialog.tsx";
import { isOverdue } from "./plan-due.ts";
import { usePlanWords } from "./plan-words.ts";
import { foundBy } from "./run-figures.ts";
import { isUnderWay, RunMark } from "./run-mark.tsx";

interface PlansProps {
  readonly plans: readonly ScanPlan[];
  readonly last: ReadonlyMap<string, ScanRun>;
}

/** What is scanned, how, how often, and how it went last. */
export function Plans({ plans, last }: PlansProps) {
  const { t } = useTranslation();
  const words = usePlanWords();
  const mayOperate = useMayOperate();
  const deeds: TableColumn<ScanPlan>[] = mayOperate
    ? [{ cell: (plan) => <Deeds plan={plan} last={last.get(plan.id)} /> }]
    : [];
  return (
    <div className="plan-table">
      <Table
        rows={plans}
        rowKey={(plan) => plan.id}
        columns={[
          {
            title: t("plan.name"),
            cell: (plan) => (
              <Link to="/scans" search={{ plan: plan.id }} className="plain">
                <Foreign text={plan.name} />
              </Link>
            ),
          },
          { title: t("plan.targets"), cell: (plan) => <Foreign text={plan.targets.join(" ")} mono clip /> },
          { title: t("plan.ports"), cell: (plan) => <Foreign text={words.ports(plan)} clip /> },
          {
            title: t("plan.engine"),
            cell: (plan) => (
              <Two first={t(`scanEngine.${plan.engine}`)} second={plan.bandwidth ?? undefined} />
            ),
          },
          {
            title: t("plan.schedule"),
            cell: (plan) => <Two first={words.schedule(plan)} second={windowOf(plan)} />,
          },
          { title: t("plan.next"), cell: (plan) => <Next plan={plan} /> },
          { title: t("plan.last"), cell: (plan) => <Last run={last.get(plan.id)} /> },
          ...deeds,
        ]}
      />
    </div>
  );
}

function windowOf({ window }: ScanPlan): string | undefined {
  return window === null ? undefined : `${window.from}–${window.to}`;
}

function Two({ first, second }: { readonly first: string; readonly second: string | undefined }) {
  return (
    <span className="two">
      <span>{first}</span>
      {second !== undefined && <span className="dim small">{second}</span>}
    </span>
  );
}

function Next({ plan }: { readonly plan: ScanPlan }) {
  const { t } = useTranslation();
  const now = useNow();
  if (!plan.enabled) return <span className="mark mark-stale">■ {t("plan.off")}</span>;
  if (plan.nextRunMs === null) return <span className="dim">–</span>;
  return (
    <span className="two">
      {isOverdue(plan, now) && <span className="mark mark-down quiet">▼ {t("plan.overdue")}</span>}
      <Ago ms={plan.nextRunMs} />
    </span>
  );
}

function Last({ run }: { readonly run: ScanRun | undefined }) {
  const { t, i18n } = useTranslation();
  if (run === undefined) return <span className="dim">{t("plan.never")}</span>;
  const { open, loss } = foundBy(run);
  const found = [
    open === null ? undefined : t("scans.openPorts", { count: open, value: count(open, i18n.language) }),
    loss === null ? undefined : t("scans.lossOf", { value: share(loss, i18n.language) }),
  ].filter((each) => each !== undefined);
  return (
    <span className="two">
      <span className="line">
        <Link to="/scans/$scanId" params={{ scanId: run.id }} className="plain">
          <RunMark run={run} />
        </Link>
        <span className="dim">
          <Ago ms={run.endedAtMs ?? run.startedAtMs ?? run.createdAtMs} />
        </span>
      </span>
      {found.length > 0 && <span className="dim small">{found.join(" · ")}</span>}
    </span>
  );
}

interface DeedsProps {
  readonly plan: ScanPlan;
  readonly last: ScanRun | undefined;
}

function Deeds({ plan, last }: DeedsProps) {
  const { t } = useTranslation();
  const [editing, setEditing] = useState(false);
  const start = useStartScan();
  const turn = useSwitchPlan(plan);
  const name = visible(plan.name);
  return (
    <div className="plan-deeds">
      <Button
        size="compact-xs"
        variant="light"
        aria-label={`${t("scans.scanNow")}: ${name}`}
        loading={start.isPending}
        disabled={last !== undefined && isUnderWay(last)}
        onClick={() => start.mutate(plan.id)}
      >
        {t("scans.scanNow")}
      </Button>
      <Button
        size="compact-xs"
        variant="default"
        aria-label={`${t("plan.editShort")}: ${name}`}
        onClick={() => setEditing(true)}
      >
        {t("plan.editShort")}
      </Button>
      {(plan.schedule.kind !== "manual" || !plan.enabled) && (
        <Button
          size="compact-xs"
          variant="default"
          aria-label={`${plan.enabled ? t("plan.turnOff") : t("plan.turnOn")}: ${name}`}
          loading={turn.isPending}
          onClick={() => turn.mutate()}
        >
          {plan.enabled ? t("plan.turnOff") : t("plan.turnOn")}
        </Button>
      )}
      <RemoveButton
        deed={t("action.remove")}
        title={t("plan.removeTitle", { name })}
        text={t("plan.removeText")}
        path={`/scan-plans/${encodeURIComponent(plan.id)}`}
        list={scansKey}
      />
      {editing && <PlanDialog plan={plan} onClose={() => setEditing(false)} />}
    </div>
  );
}
