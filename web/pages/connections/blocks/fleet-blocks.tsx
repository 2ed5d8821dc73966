import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { hostsQuery } from "../../../api/queries.ts";
import { Table } from "../../../lists/table.tsx";
import { Panel } from "../../../panel/panel.tsx";
import { useNow } from "../../../text/ago.tsx";
import { Foreign } from "../../../text/foreign.tsx";
import { fleetBlocksQuery } from "./block-queries.ts";
import { span } from "./block-span.ts";

/** What is blocked anywhere; nothing is shown where nothing is. */
export function FleetBlocks() {
  const { t } = useTranslation();
  const now = useNow();
  const hosts = useQuery(fleetBlocksQuery).data?.hosts ?? [];
  const names = new Map(useQuery(hostsQuery).data?.rows.map(({ id, hostname }) => [id, hostname]));
  const rows = hosts.flatMap(({ hostId, blocks }) => blocks.map((block) => ({ ...block, hostId })));
  if (rows.length === 0) return null;
  return (
    <Panel title={t("blocks.title")}>
      <Table
        rows={rows}
        rowKey={({ hostId, target, action }) => `${hostId} ${target} ${action}`}
        columns={[
          { title: t("blocks.target"), cell: ({ target }) => <code>{target}</code> },
          {
            title: t("column.host"),
            cell: ({ hostId }) => (
              <Link to="/connections/$hostId" params={{ hostId }} className="plain">
                <Foreign text={names.get(hostId) ?? hostId} />
              </Link>
            ),
          },
          { title: t("blocks.action"), cell: ({ action }) => t(`blocks.${action}`) },
          { title: t("blocks.left"), cell: ({ untilMs }) => span(t, untilMs - now) },
          { title: t("blocks.by"), cell: ({ by }) => (by === null ? "–" : <Foreign text={by} />) },
        ]}
      />
    </Panel>
  );
}
