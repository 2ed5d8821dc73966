import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../../api/queries.ts";
import type { ScanPlanList } from "../../api/shapes.ts";
import { Copy } from "../../states/copy.tsx";
import { Empty } from "../../states/states.tsx";

const example = "scan:\n  scope: [192.0.2.0/24, 2001:db8::/112]\n  exclude: [192.0.2.1]\n";
const shownFirst = 12;

/** Where may be scanned at all. */
export function ScopeLine({ scope: { scope, exclude } }: Pick<ScanPlanList, "scope">) {
  const { t } = useTranslation();
  return (
    <div className="scope-line">
      <Addresses name={t("scans.allowed")} list={scope} />
      {exclude.length > 0 && <Addresses name={t("scans.never")} list={exclude} />}
    </div>
  );
}

function Addresses({ name, list }: { readonly name: string; readonly list: readonly string[] }) {
  const { t } = useTranslation();
  const rest = list.slice(shownFirst);
  return (
    <div className="line">
      <span className="dim">{name}</span>
      {list.slice(0, shownFirst).map((text) => (
        <code key={text}>{text}</code>
      ))}
      {rest.length > 0 && (
        <details>
          <summary>{t("ports.more", { count: rest.length })}</summary>
          <p className="mono wrap">{rest.join(" ")}</p>
        </details>
      )}
    </div>
  );
}

/** Nothing may be scanned yet; how that is changed, and by whom. */
export function NoScope() {
  const { t } = useTranslation();
  const reads = useQuery(sessionQuery).data?.user.role === "viewer";
  return (
    <div className="panel">
      <Empty
        title={t("scans.noScope")}
        action={
          <div className="scope-example">
            <pre className="code">{example}</pre>
            <Copy text={example} />
          </div>
        }
      >
        {reads ? t("scans.noScopeRead") : t("scans.noScopeText")}
      </Empty>
    </div>
  );
}
