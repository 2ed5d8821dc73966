import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { scanPlansQuery, scanQuery, scansQuery } from "../../api/queries.ts";
import { useMayOperate } from "../../api/session.ts";
import type { ScanRunDetail } from "../../api/shapes.ts";
import { Answer } from "../../states/answer.tsx";
import { Empty } from "../../states/states.tsx";
import { Foreign } from "../../text/foreign.tsx";
import { useStartScan } from "./deeds.ts";
import { Lanes } from "./lanes.tsx";
import { isUnderWay, RunMark } from "./run-mark.tsx";
import { PlanFacts, RunFacts } from "./run-facts.tsx";
import { RunCourse } from "./run-course.tsx";
import { RunStrip } from "./run-strip.tsx";
import { Course, isRunning, StopButton, Wait } from "./under-way.tsx";
import "./scans.css";

/** Is this sweep doing its job, and what did it find? */
export function ScanPage() {
  const { t } = useTranslation();
  const { scanId } = useParams({ from: "/shell/scans/$scanId" });
  const scan = useQuery(scanQuery(scanId));
  return (
    <div className="page">
      <nav className="crumbs" aria-label={t("shell.crumbs")}>
        <Link to="/scans">{t("page.scans")}</Link>
      </nav>
      {scan.data === undefined && <h1 className="hidden-text">{t("page.scans")}</h1>}
      <Answer of={scan} lines={10} gone={<Empty title={t("scan.gone")}>{t("scan.goneText")}</Empty>}>
        {(run) => (
          <>
            <Heading run={run} />
            <Notes run={run} />
            {isUnderWay(run) && (
              <div className="panel run-line">
                {run.state === "running" ? <Course run={run} /> : <WaitAmongOthers run={run} />}
              </div>
            )}
            {run.startedAtMs !== null && <RunStrip run={run} />}
            <div className="columns">
              <div className="stack">
                {run.startedAtMs !== null && <RunCourse run={run} />}
                {run.startedAtMs !== null && <Lanes run={run} />}
              </div>
              <div className="stack">
                <RunFacts run={run} />
                <PlanFacts run={run} />
              </div>
            </div>
          </>
        )}
      </Answer>
    </div>
  );
}

interface RunProps {
  readonly run: ScanRunDetail;
}

function WaitAmongOthers({ run }: RunProps) {
  const others = useQuery(scansQuery({})).data?.rows ?? [];
  return <Wait run={run} busy={others.some(isRunning)} />;
}

function Heading({ run }: RunProps) {
  return (
    <div className="spread">
      <div className="line">
        <h1 className="wrap">
          <Foreign text={run.plan.name} />
        </h1>
        <RunMark run={run} quiet={false} />
      </div>
      <div className="line">{isUnderWay(run) ? <StopButton run={run} /> : <AgainButton run={run} />}</div>
    </div>
  );
}

function AgainButton({ run }: RunProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const mayOperate = useMayOperate();
  const plans = useQuery(scanPlansQuery).data?.rows ?? [];
  const start = useStartScan();
  if (!mayOperate || !plans.some(({ id }) => id === run.planId)) return null;
  const go = (): void =>
    start.mutate(run.planId, {
      onSuccess: ({ id }) => void navigate({ to: "/scans/$scanId", params: { scanId: id } }),
    });
  return (
    <Button size="xs" variant="default" loading={start.isPending} onClick={go}>
      {t("scan.again")}
    </Button>
  );
}

/** Why it failed, and what its silence does not mean. */
function Notes({ run: { state, problem, outcome } }: RunProps) {
  const { t } = useTranslation();
  return (
    <>
      {state === "failed" && problem !== null && (
        <p className="risk-why wrap" role="note">
          <strong>{t("scan.failedBecause")}</strong> <Foreign text={problem} />
        </p>
      )}
      {outcome?.blocked === true && (
        <div className="limit" role="note">
          <strong>{t("scan.blocked")}</strong>
          <span className="dim">{t("scan.blockedText")}</span>
        </div>
      )}
    </>
  );
}
