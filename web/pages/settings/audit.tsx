import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { auditQuery } from "../../api/queries.ts";
import { Panel } from "../../panel/panel.tsx";
import { Answer } from "../../states/answer.tsx";
import { Empty } from "../../states/states.tsx";
import { Exact } from "../../text/ago.tsx";
import { Foreign } from "../../text/foreign.tsx";
import { forAdmins } from "./settings.tsx";
import { Table } from "../../lists/table.tsx";

export const AuditSection = forAdmins(function Audit() {
  const { t } = useTranslation();
  const audit = useInfiniteQuery(auditQuery);
  return (
    <Panel title={t("settings.audit")} beside={<span className="dim small">{t("audit.chain")}</span>}>
      <Answer of={audit}>
        {({ pages }) =>
          pages[0]?.rows.length === 0 ? (
            <Empty title={t("audit.none")} />
          ) : (
            <Table
              rows={pages.flatMap((page) => page.rows)}
              rowKey={(row) => row.sequence}
              columns={[
                {
                  title: t("audit.when"),
                  cell: (row) => (
                    <span className="plain-head">
                      <Exact ms={row.atMs} />
                    </span>
                  ),
                },
                { title: t("audit.who"), cell: (row) => <Foreign text={row.actor} /> },
                {
                  title: t("audit.what"),
                  cell: (row) => (
                    <span title={`#${row.sequence} ${row.hash}`}>
                      <Foreign text={row.action} mono />
                    </span>
                  ),
                },
                {
                  title: t("audit.target"),
                  cell: (row) => (row.target === null ? "–" : <Foreign text={row.target} />),
                },
                { title: t("audit.outcome"), cell: (row) => <Outcome outcome={row.outcome} /> },
              ]}
            />
          )
        }
      </Answer>
      {audit.hasNextPage && (
        <div className="panel-foot">
          <Button
            variant="default"
            size="xs"
            loading={audit.isFetchingNextPage}
            onClick={() => void audit.fetchNextPage()}
          >
            {t("audit.older")}
          </Button>
        </div>
      )}
    </Panel>
  );
});

/** `done`, `refused` or `refused: code`. */
function Outcome({ outcome }: { readonly outcome: string }) {
  const { t } = useTranslation();
  const [verdict, code] = outcome.split(": ", 2);
  if (verdict === "done") return t("audit.outcomes.done");
  if (verdict !== "refused") return <Foreign text={outcome} />;
  return (
    <span className="mark mark-down quiet">
      ▼ {t("audit.outcomes.refused")} {code !== undefined && <Foreign text={code} mono />}
    </span>
  );
}
