import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { OddRemote } from "../../api/shapes.ts";
import { Table, type TableColumn } from "../../lists/table.tsx";
import { Panel } from "../../panel/panel.tsx";
import { Foreign } from "../../text/foreign.tsx";
import { count } from "../../text/time.ts";
import { useTroubleWords } from "./trouble-words.ts";

interface OddRow {
  readonly odd: OddRemote;
  /** Left out where the page is about one host. */
  readonly host?: { readonly hostId: string; readonly hostName: string };
}

interface OddTableProps {
  readonly rows: readonly OddRow[];
  /** That nobody stands out is told on the page of a host, where it was asked. */
  readonly sayNone?: boolean;
}

/** Whom to look at first, with the why. */
export function OddTable({ rows, sayNone = false }: OddTableProps) {
  const { t, i18n } = useTranslation();
  const words = useTroubleWords();
  if (rows.length === 0 && !sayNone) return null;
  const hosts: readonly TableColumn<OddRow>[] = rows.some(({ host }) => host !== undefined)
    ? [{ title: t("column.host"), cell: ({ host }) => host !== undefined && <HostLink host={host} /> }]
    : [];
  return (
    <Panel title={t("trouble.odd")} beside={<span className="dim">{count(rows.length, i18n.language)}</span>}>
      {rows.length === 0 ? (
        <p className="body calm">
          <span aria-hidden="true">✓</span> {t("trouble.oddNone")}
        </p>
      ) : (
        <div className="busy-table odd-table">
          <Table
            rows={rows}
            rowKey={({ odd, host }) => `${host?.hostId} ${odd.remote}`}
            columns={[
              { title: t("trouble.oddAddress"), cell: ({ odd }) => <Foreign text={odd.remote} mono /> },
              ...hosts,
              { title: t("trouble.oddSockets"), cell: ({ odd }) => count(odd.sockets, i18n.language) },
              { title: t("trouble.oddScore"), cell: ({ odd }) => <Score value={odd.score} /> },
              {
                title: t("trouble.oddWhy"),
                cell: ({ odd }) => <span className="ink2">{odd.reasons.map(words.odd).join(" · ")}</span>,
              },
            ]}
          />
        </div>
      )}
    </Panel>
  );
}

/** Each doubling beyond what is usual is one more; ten fill the bar. */
const scoreFull = 10;

function Score({ value }: { readonly value: number }) {
  const { i18n } = useTranslation();
  return (
    <span className="score nowrap">
      <span className="score-bar" aria-hidden="true">
        <i style={{ width: `${Math.min(100, (value / scoreFull) * 100)}%` }} />
      </span>
      {count(value, i18n.language)}
    </span>
  );
}

function HostLink({ host }: { readonly host: { readonly hostId: string; readonly hostName: string } }) {
  return (
    <Link to="/connections/$hostId" params={{ hostId: host.hostId }} className="plain">
      <Foreign text={host.hostName} />
    </Link>
  );
}
