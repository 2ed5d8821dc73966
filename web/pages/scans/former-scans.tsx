import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { scansQuery } from "../../api/queries.ts";
import type { ScanPlan, ScanRun } from "../../api/shapes.ts";
import { useNarrow } from "../../app/narrow.ts";
import { changed } from "../../app/search.ts";
import { Chip } from "../../lists/chip.tsx";
import { Table, type TableColumn } from "../../lists/table.tsx";
import { Panel } from "../../panel/panel.tsx";
import { Answer } from "../../states/answer.tsx";
import { Ago } from "../../text/ago.tsx";
import { Foreign } from "../../text/foreign.tsx";
import { visible } from "../../text/hostile.ts";
import { count, duration, share } from "../../text/time.ts";
import { cautious, foundBy } from "./run-figures.ts";
import { isUnderWay, RunMark } from "./run-mark.tsx";

/** Scans that are over, newest first; the page and the plan stand in the URL. */
export function FormerScans({ plans }: { readonly plans: readonly ScanPlan[] }) {
  const { t } = useTranslation();
  const { plan, cursor } = useSearch({ from: "/shell/scans" });
  const navigate = useNavigate({ from: "/scans" });
  const page = useQuery({
    ...scansQuery({
      ...(plan !== undefined && { planId: plan }),
      ...(cursor !== undefined && { cursor }),
    }),
    placeholderData: (before) => before,
  });
  const name = plans.find(({ id }) => id === plan)?.name ?? plan ?? "";
  return (
    <Panel
      title={t("scans.former")}
      beside={
        plan !== undefined && (
          <Chip name={t("scans.plan")} value={visible(name)} onDrop={() => void navigate({ search: {} })} />
        )
      }
    >
      <Answer of={page} lines={4}>
        {({ rows, nextCursor }) => {
          const over = rows.filter((run) => !isUnderWay(run));
          return (
            <>
              {over.length === 0 ? <p className="body dim">{t("scans.noFormer")}</p> : <Rows runs={over} />}
              {(nextCursor !== null || cursor !== undefined) && (
                <nav className="panel-foot line" aria-label={t("scans.former")}>
                  {cursor !== undefined && (
                    <Link to="/scans" search={(before) => changed(before, { cursor: undefined })}>
                      {t("scans.newest")}
                    </Link>
                  )}
                  {nextCursor !== null && (
                    <Link to="/scans" search={(before) => changed(before, { cursor: nextCursor })}>
                      {t("audit.older")}
                    </Link>
                  )}
                </nav>
              )}
            </>
          );
        }}
      </Answer>
    </Panel>
  );
}

function Rows({ runs }: { readonly runs: readonly ScanRun[] }) {
  const { t, i18n } = useTranslation();
  const narrow = useNarrow();
  const { language } = i18n;
  const figure = (value: number | null, say: (value: number, language: string) => string): string =>
    value === null ? "–" : say(value, language);
  // A card of nine lines a scan would be a long way down a small screen.
  const wide: TableColumn<ScanRun>[] = narrow
    ? []
    : [
        {
          title: t("scan.took"),
          cell: ({ outcome }) => (outcome === null ? "–" : duration(outcome.durationMs, language)),
        },
        { title: t("scan.probes"), cell: (run) => figure(foundBy(run).probes, count) },
        { title: t("scan.askedBy"), cell: (run) => <AskedBy run={run} /> },
      ];
  return (
    <Table
      rows={runs}
      rowKey={(run) => run.id}
      columns={[
        {
          title: t("scans.plan"),
          cell: (run) => (
            <Link to="/scans/$scanId" params={{ scanId: run.id }}>
              <Foreign text={run.plan.name} />
            </Link>
          ),
        },
        { title: t("scan.state"), cell: (run) => <RunMark run={run} /> },
        { title: t("scan.ended"), cell: (run) => <Ago ms={run.endedAtMs} /> },
        { title: t("scan.open"), cell: (run) => figure(foundBy(run).open, count) },
        { title: t("scan.loss"), cell: (run) => figure(foundBy(run).loss, share) },
        {
          title: t("scan.recall"),
          cell: ({ outcome }) =>
            outcome?.recall === null || outcome === null ? "–" : share(cautious(outcome.recall), language),
        },
        ...wide,
      ]}
    />
  );
}

/** `schedule`, or who pressed the button. */
export function AskedBy({ run: { askedBy } }: { readonly run: Pick<ScanRun, "askedBy"> }) {
  const { t } = useTranslation();
  return askedBy === "schedule" ? t("scan.bySchedule") : <Foreign text={askedBy.replace(/^user:/, "")} />;
}
