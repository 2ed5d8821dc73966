import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../../api/client.ts";
import { useMayOperate } from "../../../api/session.ts";
import type { BlockDeed, HostBlocks as Blocks } from "../../../api/shapes.ts";
import { Table, type TableColumn } from "../../../lists/table.tsx";
import { Panel } from "../../../panel/panel.tsx";
import { Answer } from "../../../states/answer.tsx";
import { Failure } from "../../../states/states.tsx";
import { Ago, useNow } from "../../../text/ago.tsx";
import { Foreign } from "../../../text/foreign.tsx";
import { BlockDialog } from "./block-dialog.tsx";
import { blocksKey, hostBlocksQuery } from "./block-queries.ts";
import { span } from "./block-span.ts";
import { useBlockWords } from "./block-words.ts";
import "./blocks.css";

type Blocked = Blocks["blocks"][number];

const deedsShown = 5;

/** What this host takes no packets from, by whose order and until when. */
export function HostBlocks({ hostId }: { readonly hostId: string }) {
  const { t } = useTranslation();
  const mayOperate = useMayOperate();
  const told = useQuery(hostBlocksQuery(hostId));
  const [isAsking, setAsking] = useState(false);
  const isReady = told.data?.now.state === "ready";
  return (
    <Panel
      title={t("blocks.title")}
      beside={
        mayOperate &&
        isReady && (
          <Button size="compact-sm" variant="default" onClick={() => setAsking(true)}>
            {t("blocks.blockTitle")}
          </Button>
        )
      }
    >
      <Answer of={told} lines={2}>
        {({ now, deeds }) => (
          <>
            {now.state !== "ready" && <p className="body dim">{t(`blockingState.${now.state}`)}</p>}
            {isReady && now.blocks.length === 0 && <p className="body dim">{t("blocks.none")}</p>}
            {now.blocks.length > 0 && (
              <Standing hostId={hostId} blocks={now.blocks} mayLift={mayOperate && isReady} />
            )}
            {deeds.length > 0 && <Orders deeds={deeds.slice(0, deedsShown)} />}
          </>
        )}
      </Answer>
      {isAsking && <BlockDialog hostId={hostId} onClose={() => setAsking(false)} />}
    </Panel>
  );
}

interface StandingProps {
  readonly hostId: string;
  readonly blocks: readonly Blocked[];
  readonly mayLift: boolean;
}

function Standing({ hostId, blocks, mayLift }: StandingProps) {
  const { t } = useTranslation();
  const now = useNow();
  const lift: TableColumn<Blocked>[] = mayLift
    ? [{ cell: ({ target }) => <Lift hostId={hostId} target={target} /> }]
    : [];
  return (
    <Table
      rows={blocks}
      rowKey={({ target, action }) => `${target} ${action}`}
      columns={[
        { title: t("blocks.target"), cell: ({ target }) => <code>{target}</code> },
        { title: t("blocks.action"), cell: ({ action }) => t(`blocks.${action}`) },
        {
          title: t("blocks.left"),
          cell: ({ untilMs, isOnProbation }) =>
            isOnProbation ? t("blockState.probation") : span(t, untilMs - now),
        },
        { title: t("blocks.by"), cell: ({ by }) => (by === null ? "–" : <Foreign text={by} />) },
        { title: t("blocks.since"), cell: ({ sinceMs }) => <Ago ms={sinceMs} /> },
        ...lift,
      ]}
    />
  );
}

function Lift({ hostId, target }: { readonly hostId: string; readonly target: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const lift = useMutation({
    mutationFn: () =>
      api<BlockDeed>(`/hosts/${encodeURIComponent(hostId)}/blocks/lift`, {
        method: "POST",
        body: { target },
      }),
    onSettled: () => client.invalidateQueries({ queryKey: blocksKey }),
  });
  return (
    <>
      <Button
        size="compact-xs"
        variant="default"
        aria-label={`${t("blocks.lift")}: ${target}`}
        loading={lift.isPending}
        onClick={() => lift.mutate()}
      >
        {t("blocks.lift")}
      </Button>
      {lift.error !== null && <Failure error={lift.error} />}
    </>
  );
}

/** What was ordered lately and what became of it, refusals of the host among it. */
function Orders({ deeds }: { readonly deeds: readonly BlockDeed[] }) {
  const { t } = useTranslation();
  const words = useBlockWords();
  return (
    <details className="body block-orders">
      <summary>{t("blocks.orders")}</summary>
      <ul>
        {deeds.map((deed) => (
          <li key={deed.id}>
            <Ago ms={deed.createdAtMs} /> <Foreign text={deed.by} />: {t(`blockKind.${deed.kind}`)}{" "}
            <code>{deed.target}</code> – {words.outcome(deed)}
          </li>
        ))}
      </ul>
    </details>
  );
}
