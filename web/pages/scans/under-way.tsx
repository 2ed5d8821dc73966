import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useMayOperate } from "../../api/session.ts";
import type { ScanRun } from "../../api/shapes.ts";
import { FigureRow } from "../../panel/figure-row.tsx";
import { Lines } from "../../panel/lines.tsx";
import { Panel } from "../../panel/panel.tsx";
import { Ago, useNow } from "../../text/ago.tsx";
import { Foreign } from "../../text/foreign.tsx";
import { visible } from "../../text/hostile.ts";
import { bitRate, count, duration, share } from "../../text/time.ts";
import { useStopScan } from "./deeds.ts";
import { leftMs } from "./run-figures.ts";
import { RunMark } from "./run-mark.tsx";

/** A node asks for work every few seconds; a scan that waits longer than this waits for something. */
const waitsForMs = 15_000;

/** The scans that go on right now; nothing where there is none. */
export function UnderWay({ runs }: { readonly runs: readonly ScanRun[] }) {
  const { t } = useTranslation();
  if (runs.length === 0) return null;
  const busy = runs.some(isRunning);
  const order = [...runs].sort((a, b) => Number(a.state === "waiting") - Number(b.state === "waiting"));
  return (
    <Panel title={t("scans.underWay")}>
      <Lines rows={order} rowKey={(run) => run.id} lineClass="run-line">
        {(run) => (
          <>
            <div className="line run-name">
              <Link to="/scans/$scanId" params={{ scanId: run.id }}>
                <strong>
                  <Foreign text={run.plan.name} />
                </strong>
              </Link>
              <RunMark run={run} />
              {run.node !== null && (
                <span className="dim small">
                  <Foreign text={run.node} />
                </span>
              )}
            </div>
            {run.state === "running" ? <Course run={run} /> : <Wait run={run} busy={busy} />}
            <StopButton run={run} />
          </>
        )}
      </Lines>
    </Panel>
  );
}

export const isRunning = ({ state }: ScanRun): boolean => state === "running";

interface RunProps {
  readonly run: ScanRun;
}

/** How far it is, how fast, and what it found. */
export function Course({ run: { latest, plan } }: RunProps) {
  const { t, i18n } = useTranslation();
  const { language } = i18n;
  const left = leftMs(latest);
  if (latest === null) return <p className="grow dim">{t("scans.begins")}</p>;
  const figures = [
    [t("scan.rate"), t("scan.perSecond", { value: count(Math.round(latest.packetsPerSecond), language) })],
    [t("scan.link"), bitRate(latest.bytesPerSecond * 8, language)],
    [t("scan.loss"), latest.loss === null ? "–" : share(latest.loss, language)],
    [t("scan.open"), count(latest.open, language)],
    latest.pass > 1
      ? ([t("scan.pass"), count(latest.pass, language)] as const)
      : ([t("scan.left"), left === null ? "–" : duration(left, language)] as const),
  ] as const;
  return (
    <div className="grow run-course">
      <Progress done={latest.done} label={t("scans.doneOf", { name: visible(plan.name) })} />
      <FigureRow figures={figures} />
    </div>
  );
}

export function Progress({ done, label }: { readonly done: number; readonly label: string }) {
  const { i18n } = useTranslation();
  const percent = Math.floor(done * 100);
  return (
    <div className="line progress-line">
      <div
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        className="progress"
      >
        <i style={{ width: `${done * 100}%` }} />
      </div>
      <span className="progress-figure">{share(percent / 100, i18n.language)}</span>
    </div>
  );
}

/** Why it has not begun, and what helps. */
export function Wait({ run, busy }: RunProps & { readonly busy: boolean }) {
  const { t } = useTranslation();
  const now = useNow();
  const { window } = run.plan;
  if (now - run.createdAtMs < waitsForMs) return <p className="grow dim">{t("scans.waits")}</p>;
  const since = (
    <>
      {t("scans.waitsSince")} <Ago ms={run.createdAtMs} />
    </>
  );
  if (busy || window !== null) {
    return (
      <p className="grow ink2">
        {since} · {busy ? t("scans.waitsForNode") : ""}{" "}
        {window !== null && t("scans.waitsForWindow", { ...window })}
      </p>
    );
  }
  return (
    <NoNode title={t("scans.noNode")}>
      <span className="dim small">{since}</span>
    </NoNode>
  );
}

/** Nobody scans: what to look at. */
export function NoNode({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  const { t } = useTranslation();
  return (
    <div className="grow limit" role="note">
      <strong>{title}</strong>
      <span className="dim">{t("scans.noNodeText")}</span>
      {children}
    </div>
  );
}

export function StopButton({ run }: RunProps) {
  const { t } = useTranslation();
  const mayOperate = useMayOperate();
  const stop = useStopScan(run.id);
  if (!mayOperate) return null;
  return (
    <Button size="compact-xs" variant="default" loading={stop.isPending} onClick={() => stop.mutate()}>
      {t("scan.stop")}
    </Button>
  );
}
