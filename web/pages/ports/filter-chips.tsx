import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { hostsQuery } from "../../api/queries.ts";
import type { Facets } from "../../api/shapes.ts";
import { Chip } from "../../lists/chip.tsx";
import { visible } from "../../text/hostile.ts";
import { exact } from "../../text/time.ts";
import { useZone } from "../../text/zone.ts";
import { type FilterKey, filterKeys, type PortSearch, type SetSearch } from "./port-filter.ts";

interface FilterChipsProps {
  readonly search: PortSearch;
  readonly set: SetSearch;
  readonly facets: Facets | undefined;
}

/** What narrows the list, each with its way out. */
export function FilterChips({ search, set, facets }: FilterChipsProps) {
  const { t, i18n } = useTranslation();
  const { zone } = useZone();
  const hosts = useQuery({ ...hostsQuery, enabled: search.host !== undefined });
  const shown = filterKeys.filter((key) => key !== "q" && search[key] !== undefined);
  const value = (key: FilterKey, text: string): string => {
    if (key === "host") {
      const known = facets?.host.find((host) => host.id === text)?.name;
      return visible(known ?? hosts.data?.rows.find((host) => host.id === text)?.hostname ?? text);
    }
    if (key === "at") return exact(Number(text), i18n.language, zone);
    if (key === "scope" && ["loopback", "address", "all"].includes(text)) return t(`scope.${text as "all"}`);
    if (key === "state" && ["up", "down"].includes(text)) return t(`state.${text as "up"}`);
    if (key === "risk") return t("risk.label");
    return visible(text);
  };
  return shown.map((key) => (
    <Chip
      key={key}
      name={t(`filter.${key}`)}
      value={value(key, search[key] ?? "")}
      onDrop={() => set({ [key]: undefined })}
    />
  ));
}
