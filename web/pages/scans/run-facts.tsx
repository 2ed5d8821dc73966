import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { ScanRunDetail } from "../../api/shapes.ts";
import { type Fact, Facts } from "../../panel/facts.tsx";
import { Panel } from "../../panel/panel.tsx";
import { Copy } from "../../states/copy.tsx";
import { Ago, Exact } from "../../text/ago.tsx";
import { Foreign } from "../../text/foreign.tsx";
import { count, duration, share } from "../../text/time.ts";
import { AskedBy } from "./former-scans.tsx";
import { usePlanWords } from "./plan-words.ts";
import { leftMs } from "./run-figures.ts";

interface RunProps {
  readonly run: ScanRunDetail;
}

export function RunFacts({ run }: RunProps) {
  const { t, i18n } = useTranslation();
  const { language } = i18n;
  const { outcome } = run;
  const left = run.state === "running" ? leftMs(run.latest) : null;
  const command = outcome?.command ?? null;
  const facts: readonly Fact[] = [
    [t("scan.askedBy"), <AskedBy run={run} />],
    [t("scan.node"), run.node === null ? null : <Foreign text={run.node} />],
    [t("scan.asked"), <Exact ms={run.createdAtMs} />],
    [t("scan.started"), run.startedAtMs === null ? null : <Exact ms={run.startedAtMs} />],
    run.state === "running"
      ? [t("scan.left"), left === null ? null : duration(left, language)]
      : [t("scan.ended"), run.endedAtMs === null ? null : <Exact ms={run.endedAtMs} />],
    outcome === null ? undefined : [t("scan.took"), duration(outcome.durationMs, language)],
    run.state === "running" ? [t("scan.heard"), <Ago ms={run.heardAtMs} />] : undefined,
    [t("plan.addresses"), run.hosts === null ? null : count(run.hosts, language)],
    [t("scan.onePass"), run.packets === null ? null : count(run.packets, language)],
    outcome === null ? undefined : [t("plan.engine"), <Foreign text={outcome.engine} />],
    outcome === null || outcome.unreachable === 0
      ? undefined
      : [t("scan.unreachable"), count(outcome.unreachable, language)],
    command === null
      ? undefined
      : [
          t("column.command"),
          <span className="with-copy">
            <Foreign text={command} mono />
            <Copy text={command} />
          </span>,
        ],
  ];
  return (
    <Panel title={t("port.facts")}>
      <Facts facts={facts} />
    </Panel>
  );
}

const textsShown = 12;

/** One a line; past the bound they fold away. */
function TextList({ texts }: { readonly texts: readonly string[] }) {
  const { t } = useTranslation();
  const rest = texts.slice(textsShown);
  return (
    <div className="stack tight text-list">
      {texts.slice(0, textsShown).map((text) => (
        <Foreign key={text} text={text} mono />
      ))}
      {rest.length > 0 && (
        <details>
          <summary>{t("ports.more", { count: rest.length })}</summary>
          <Foreign text={rest.join(" ")} mono />
        </details>
      )}
    </div>
  );
}

/** The plan as it was when the scan began: it may be another one by now. */
export function PlanFacts({ run: { plan, planId } }: RunProps) {
  const { t, i18n } = useTranslation();
  const words = usePlanWords();
  const window = words.window(plan);
  const facts: readonly Fact[] = [
    [t("plan.targets"), <TextList texts={plan.targets} />],
    plan.exclude.length === 0 ? undefined : [t("plan.exclude"), <TextList texts={plan.exclude} />],
    [t("plan.ports"), <Foreign text={words.ports(plan)} />],
    plan.excludePorts === null
      ? undefined
      : [t("plan.excludePorts"), <Foreign text={plan.excludePorts} mono />],
    [t("plan.engine"), t(`scanEngine.${plan.engine}`)],
    [t("plan.bandwidth"), words.bandwidth(plan)],
    [t("plan.missTarget"), share(plan.missTarget, i18n.language)],
    [t("plan.schedule"), window === null ? words.schedule(plan) : `${words.schedule(plan)}, ${window}`],
  ];
  return (
    <Panel
      title={t("scan.plan")}
      beside={
        <Link to="/scans" search={{ plan: planId }}>
          {t("scan.allOfPlan")}
        </Link>
      }
    >
      <Facts facts={facts} />
    </Panel>
  );
}
