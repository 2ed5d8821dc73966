import { Button } from "@mantine/core";
import { IconAlertTriangle, IconLock } from "@tabler/icons-react";
import { useEffect, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../api/client.ts";
import { Copy } from "./copy.tsx";

/** A wait shorter than this shows nothing, so that a fast answer does not flash grey bars. */
const skeletonAfterMs = 200;

export function Waiting({ lines = 6 }: { readonly lines?: number }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), skeletonAfterMs);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="waiting" role="status" aria-live="polite">
      <span className="hidden-text">{t("state.loading")}</span>
      {shown &&
        Array.from({ length: lines }, (_, index) => (
          <span key={index} className={`bone bone-${index % 4}`} />
        ))}
    </div>
  );
}

interface EmptyProps {
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}

/** Nothing here: why, and what to do next. */
export function Empty({ title, children, action }: EmptyProps) {
  return (
    <div className="empty">
      <svg width="72" height="40" viewBox="0 0 72 40" aria-hidden="true" focusable="false">
        <path d="M2 30c6 0 6-4 12-4s6 4 12 4 6-4 12-4 6 4 12 4 6-4 12-4 6 4 8 4" />
        <path d="M2 37c6 0 6-4 12-4s6 4 12 4 6-4 12-4 6 4 12 4 6-4 12-4 6 4 8 4" />
        <path d="M36 4v18M36 4l11 14H36" />
      </svg>
      <h2>{title}</h2>
      {children !== undefined && <p className="ink2">{children}</p>}
      {action}
    </div>
  );
}

/** What, why, what to do, and everything a helper would ask for in one copy. */
export function Failure({
  error,
  retry,
}: {
  readonly error: unknown;
  readonly retry?: (() => void) | undefined;
}) {
  const { t } = useTranslation();
  const known = error instanceof ApiError ? error : undefined;
  const code = known?.code ?? "internal";
  const details = known
    ? JSON.stringify({
        path: known.path,
        status: known.status,
        code,
        detail: known.message,
        requestId: known.requestId,
      })
    : String(error);
  const denied = code === "forbidden";
  return (
    <div className="failure" role="alert">
      {denied ? <IconLock size={20} aria-hidden /> : <IconAlertTriangle size={20} aria-hidden />}
      <div className="stack grow">
        <h2>{t(`error.${codeKey(code)}.what`)}</h2>
        {known !== undefined && known.status !== 0 && <p className="ink2 wrap">{known.message}</p>}
        <p className="ink2">{known?.hint ?? t(`error.${codeKey(code)}.todo`)}</p>
        <div className="line">
          {retry !== undefined && !denied && (
            <Button size="xs" variant="default" onClick={retry}>
              {t("action.tryAgain")}
            </Button>
          )}
          <Copy text={details} label={t("action.copyDetails")} />
        </div>
      </div>
    </div>
  );
}

const codes = [
  "invalid",
  "unauthenticated",
  "forbidden",
  "not-found",
  "conflict",
  "unavailable",
  "unreachable",
] as const;
export function codeKey(code: string): (typeof codes)[number] | "internal" {
  return codes.find((known) => known === code) ?? "internal";
}
