import { Link } from "@tanstack/react-router";
import { memo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { EventRow, PortEventRow, TroubleEventRow } from "../../api/shapes.ts";
import { KindMark, RiskMark, SeverityMark } from "../../marks/mark.tsx";
import { Ago } from "../../text/ago.tsx";
import { EndpointName, Owners } from "../../text/endpoint.tsx";
import { Foreign } from "../../text/foreign.tsx";
import { duration } from "../../text/time.ts";
import { useTroubleWords } from "../connections/trouble-words.ts";
import { NamedSources } from "../connections/named-sources.tsx";

/** A shorter gap would read "0 sec". */
const leastToSayMs = 100;

/** The reason in words, with the figures that led to it. */
export function useReason(): (event: Pick<PortEventRow, "reason">) => string {
  const { t, i18n } = useTranslation();
  return ({ reason }) => {
    const length = (ms: number): string => duration(ms, i18n.language);
    switch (reason.code) {
      case "first-seen-where-looked-before":
        return t("reason.first-seen-where-looked-before", { count: reason.sightings });
      case "back-after-look-back":
      case "back-within-look-back":
        return t(`reason.${reason.code}`, {
          down: length(reason.downForMs),
          lookBack: length(reason.lookBackMs),
        });
      case "not-seen":
        return t("reason.not-seen", { count: reason.misses, span: length(reason.spanMs) });
      case "owner-differs":
        return reason.downForMs >= leastToSayMs
          ? t("reason.owner-differs-after", { down: length(reason.downForMs) })
          : t("reason.owner-differs");
      default:
        return t(`reason.${reason.code}`);
    }
  };
}

interface EventLineProps {
  readonly event: EventRow;
  /** Left out where the page is about one host or one port. */
  readonly host?: boolean;
  readonly endpoint?: boolean;
  readonly fresh?: boolean;
}

/** One event in one line; on a narrow screen in two. */
export const EventLine = memo(function EventLine({ event, ...rest }: EventLineProps) {
  return "trouble" in event ? <TroubleLine event={event} {...rest} /> : <PortLine event={event} {...rest} />;
});

function PortLine({ event, endpoint = true, ...rest }: LineProps<PortEventRow>) {
  const reason = useReason();
  return (
    <Line event={event} endpoint={endpoint} {...rest} port={event.endpoint.port} reason={reason(event)}>
      <span className="event-kind">
        <KindMark kind={event.kind} />
        {event.verdict.highRisk !== null && <RiskMark code={event.verdict.highRisk} short />}
      </span>
      {endpoint && (
        <span className="event-endpoint">
          {event.portId === null ? (
            <EndpointName at={event.endpoint} />
          ) : (
            <Link to="/ports/$portId" params={{ portId: event.portId }} className="plain">
              <EndpointName at={event.endpoint} />
            </Link>
          )}
        </span>
      )}
      <span className="event-owner">
        <OwnerChange event={event} />
      </span>
    </Line>
  );
}

function TroubleLine({ event, ...rest }: LineProps<TroubleEventRow>) {
  const { t } = useTranslation();
  const words = useTroubleWords();
  const { trouble, hostId } = event;
  return (
    <Line event={event} {...rest} reason={trouble.reasons.map(words.reason).join(" · ")}>
      <span className="event-kind">
        <KindMark kind={event.kind} />
      </span>
      <span className="event-endpoint">
        <Link to="/connections/$hostId" params={{ hostId }} className="plain event-trouble clip">
          {t(`verdict.${trouble.kind}`)}
        </Link>
      </span>
      <span className="event-owner event-who">
        <SeverityMark severity={trouble.severity} />
        <NamedSources sources={trouble.sources} />
        {trouble.sources.length === 0 && <span className="clip">{words.whom(trouble)}</span>}
      </span>
    </Line>
  );
}

type LineProps<Row extends EventRow> = Omit<EventLineProps, "event"> & { readonly event: Row };

interface FrameProps extends EventLineProps {
  readonly port?: number;
  readonly reason: string;
  /** Kind, what it is about, and who. */
  readonly children: ReactNode;
}

function Line({ event, host = true, endpoint = true, fresh = false, port, reason, children }: FrameProps) {
  return (
    <div
      className={`event${fresh ? " fresh" : ""}${endpoint && !host ? " hostless" : ""}`}
      data-event={event.kind}
      data-port={port}
    >
      {children}
      {host && (
        <span className="event-host">
          <Link to="/hosts/$hostId" params={{ hostId: event.hostId }} className="plain ink2">
            <Foreign text={event.hostName} clip />
          </Link>
        </span>
      )}
      <span className="event-reason dim clip" title={reason}>
        {reason}
      </span>
      <span className="event-time dim">
        <Ago ms={event.atMs} />
      </span>
    </div>
  );
}

function OwnerChange({ event }: { readonly event: PortEventRow }) {
  const { t } = useTranslation();
  if (event.kind !== "changed")
    return <Owners owners={event.ownersAfter.length > 0 ? event.ownersAfter : event.ownersBefore} />;
  return (
    <span className="owner-change">
      <span className="was">
        <span className="hidden-text">{t("owner.before")}</span>
        <Owners owners={event.ownersBefore} />
      </span>
      <span aria-hidden="true">→</span>
      <span className="hidden-text">{t("owner.after")}</span>
      <Owners owners={event.ownersAfter} />
    </span>
  );
}
