import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { PortDetail, Process } from "../../api/shapes.ts";
import { Facts } from "../../panel/facts.tsx";
import { Panel } from "../../panel/panel.tsx";
import { Copy } from "../../states/copy.tsx";
import { Ago } from "../../text/ago.tsx";
import { ownerName } from "../../text/endpoint.tsx";
import { Foreign } from "../../text/foreign.tsx";
import { visible } from "../../text/hostile.ts";
import { useLimitWords } from "../hosts/limit-words.ts";

/** Kinds of processes past this fold away. */
const shownFirst = 3;

export function OwnerCard({ port }: { readonly port: PortDetail }) {
  const { t } = useTranslation();
  const limit = useLimitWords();
  const kinds = byKind(port.processes);
  const rest = kinds.slice(shownFirst);
  return (
    <Panel
      title={t("owner.title")}
      beside={
        port.processes.length > 1 && (
          <span className="dim">{t("owner.processes", { count: port.processes.length })}</span>
        )
      }
    >
      {port.ownerUnknown !== null && (
        <div className="body note">
          <strong>{port.processes.length === 0 ? t("owner.known") : t("owner.partly")}</strong>
          <p className="wrap">{limit(port.ownerUnknown).what}</p>
          <p>{limit(port.ownerUnknown).mend ?? t("owner.unknownMend")}</p>
        </div>
      )}
      {port.view !== "inside" && port.elsewhere.length === 0 && (
        <p className="body ink2 small">{t("owner.outside")}</p>
      )}
      {port.elsewhere.map((other) => (
        <p key={other.id} className="body small">
          <span className="ink2">
            {other.view === "inside"
              ? t("owner.heldInside")
              : t("reached.long", { from: visible(other.vantage ?? "") })}
          </span>{" "}
          <Link to="/ports/$portId" params={{ portId: other.id }}>
            <Foreign text={other.process ?? `${other.address}:${port.port}`} mono />
          </Link>
        </p>
      ))}
      {port.processes.length === 0 && port.owners.length > 0 && (
        <p className="body">
          {t("owner.last")}{" "}
          {port.owners.map((owner) => (
            <strong key={ownerName(owner)}>
              <Foreign text={ownerName(owner)} mono />{" "}
            </strong>
          ))}
        </p>
      )}
      {kinds.slice(0, shownFirst).map((same) => (
        <ProcessFacts key={same[0].pid} same={same} />
      ))}
      {rest.length > 0 && (
        <details className="more-processes">
          <summary>{t("owner.more", { count: rest.flat().length })}</summary>
          {rest.map((same) => (
            <ProcessFacts key={same[0].pid} same={same} />
          ))}
        </details>
      )}
    </Panel>
  );
}

type Same = readonly [Process, ...Process[]];

/** Forked workers say the same: they stand under the first of their kind. */
function byKind(processes: readonly Process[]): Same[] {
  const kinds = new Map<string, [Process, ...Process[]]>();
  for (const process of processes) {
    const { name, executablePath, commandLine, user, unit, containerId } = process;
    const key = JSON.stringify([name, executablePath, commandLine, user, unit, containerId]);
    const known = kinds.get(key);
    if (known === undefined) kinds.set(key, [process]);
    else known.push(process);
  }
  return [...kinds.values()];
}

function ProcessFacts({ same }: { readonly same: Same }) {
  const { t } = useTranslation();
  const [process, ...others] = same;
  const rows: readonly (readonly [string, string | null])[] = [
    [t("column.path"), process.executablePath],
    [t("column.command"), process.commandLine],
    [t("column.user"), process.user],
    [t("column.unit"), process.unit],
    [t("column.container"), process.containerId],
  ];
  return (
    <div className="body process">
      <div className="line process-name">
        <strong>
          <Foreign text={process.name} mono />
        </strong>
        <span className="dim mono">
          PID {process.pid}
          {process.parentPid !== null && ` ← ${process.parentPid}`}
        </span>
        {process.startTimeMs !== null && (
          <span className="dim">
            {t("owner.started")} <Ago ms={process.startTimeMs} />
          </span>
        )}
      </div>
      <Facts
        className="facts"
        facts={rows.map(([name, value]) =>
          value === null
            ? undefined
            : [
                name,
                <span key={name} className="with-copy">
                  <Foreign text={value} mono />
                  <Copy text={value} />
                </span>,
              ],
        )}
      />
      {others.length > 0 && (
        <p className="same dim">
          {t("owner.same", { count: others.length })}{" "}
          <span className="mono">{others.map(({ pid }) => pid).join(" ")}</span>
        </p>
      )}
    </div>
  );
}
