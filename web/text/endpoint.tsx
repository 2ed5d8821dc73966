import type { TFunction } from "i18next";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { Endpoint, Owner, PortRow } from "../api/shapes.ts";
import { Foreign } from "./foreign.tsx";
import { visible } from "./hostile.ts";

/** `0.0.0.0:22`, `[::1%eth0]:53`: as people write it. The interface and namespace names are a stranger's. */
export function endpointText(at: Pick<Endpoint, "address" | "port" | "interface">): string {
  const zone = at.interface === null ? "" : `%${visible(at.interface)}`;
  return at.address.includes(":") ? `[${at.address}${zone}]:${at.port}` : `${at.address}${zone}:${at.port}`;
}

/** The address quiet, the port clear. */
export const EndpointName = memo(function EndpointName({ at }: { readonly at: Endpoint }) {
  const text = endpointText(at);
  const cut = text.lastIndexOf(":") + 1;
  return (
    <span className="mono endpoint" title={`${at.transport} ${text}`}>
      <span className="endpoint-address">{text.slice(0, cut)}</span>
      <strong>{text.slice(cut)}</strong>
      <span className="endpoint-transport">{at.transport}</span>
    </span>
  );
});

export function ownerName(owner: Owner): string {
  const base = owner.executable.slice(owner.executable.lastIndexOf("/") + 1);
  return owner.program === null ? base : `${base} ${owner.program}`;
}

/** The first owner's name, and how many more there are. */
export function Owners({ owners }: { readonly owners: readonly Owner[] }) {
  const { t } = useTranslation();
  const [first, ...more] = owners;
  if (first === undefined) return <span className="dim">{t("owner.unknown")}</span>;
  return (
    <span className="owners">
      <Foreign text={ownerName(first)} mono clip />
      {more.length > 0 && (
        <span className="dim nowrap" title={visible(more.map(ownerName).join(", "))}>
          +{more.length}
        </span>
      )}
    </span>
  );
}

export function rowOwner(row: PortRow, t: TFunction) {
  const holder = row.elsewhere.find(({ view, process }) => view === "inside" && process !== null);
  if (row.process === null && typeof holder?.process === "string") {
    return (
      <span title={t("owner.heldInside")}>
        <Foreign text={holder.process} mono clip />
      </span>
    );
  }
  if (row.process === null) {
    const why = row.view === "inside" ? row.ownerUnknown : t("owner.outside");
    return (
      <span className="dim" title={why === null ? undefined : visible(why)}>
        {t("owner.unknown")}
      </span>
    );
  }
  return <Foreign text={row.process} mono clip />;
}

export function RowOwner({ row }: { readonly row: PortRow }) {
  const { t } = useTranslation();
  return rowOwner(row, t);
}
