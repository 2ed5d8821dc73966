import { Drawer } from "@mantine/core";
import type { TFunction } from "i18next";
import { memo, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Facets as FacetCounts, Scope } from "../../api/shapes.ts";
import { visible } from "../../text/hostile.ts";
import { count } from "../../text/time.ts";
import type { FilterKey, PortSearch, SetSearch } from "./port-filter.ts";

interface FacetsProps {
  readonly facets: FacetCounts | undefined;
  readonly search: PortSearch;
  readonly set: SetSearch;
}

interface Choice {
  readonly value: string;
  readonly name: string;
  readonly count: number | null;
}

const shownFirst = 7;

/** What the list holds, counted; a click narrows to it, a second click lets go. */
export function Facets({ facets, search, set }: FacetsProps) {
  const { t } = useTranslation();
  const groups = useMemo(() => choicesOf(facets, t), [facets, t]);
  return (
    <aside className="facets" aria-label={t("ports.filters")}>
      {groups.map(({ name, choices, usual }) => (
        <Group
          key={name}
          name={name}
          choices={choices}
          usual={usual}
          current={search[name] ?? usual}
          set={set}
        />
      ))}
    </aside>
  );
}

interface Facet {
  readonly name: FilterKey;
  readonly choices: readonly Choice[];
  /** What holds while nothing is chosen. */
  readonly usual?: string | undefined;
}

/** What stands to choose, and what the server counted, the most common first. */
function choicesOf(facets: FacetCounts | undefined, t: TFunction): readonly Facet[] {
  const choice = (value: string, name = value, n: number | null = null): Choice => ({
    value,
    name: visible(name),
    count: n,
  });
  const byCount = (counts: Record<string, number> = {}): [string, number][] =>
    Object.entries(counts).sort((a, b) => b[1] - a[1]);
  const { scope, transport, process = [], port = [], host = [] } = facets ?? {};
  return [
    { name: "state", choices: [choice("up", t("state.up")), choice("down", t("state.down"))], usual: "up" },
    { name: "risk", choices: [choice("high", `⬣ ${t("risk.label")}`)] },
    {
      name: "scope",
      choices: byCount(scope).map(([value, n]) => choice(value, t(`scope.${value as Scope}`), n)),
    },
    { name: "transport", choices: byCount(transport).map(([value, n]) => choice(value, value, n)) },
    { name: "owner", choices: process.map((each) => choice(each.name, each.name, each.count)) },
    { name: "port", choices: port.map((each) => choice(String(each.port), undefined, each.count)) },
    { name: "host", choices: host.map((each) => choice(each.id, each.name, each.count)) },
  ];
}

export function FacetDrawer({
  opened,
  onClose,
  ...facets
}: FacetsProps & { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="bottom"
      size="80%"
      title={t("ports.filters")}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <Facets {...facets} />
    </Drawer>
  );
}

interface GroupProps extends Facet {
  readonly current: string | undefined;
  readonly set: SetSearch;
}

const Group = memo(function Group({ name, choices, usual, current, set }: GroupProps) {
  const { t, i18n } = useTranslation();
  const [all, setAll] = useState(false);
  if (choices.length === 0) return null;
  const pick = (value: string): void =>
    set({ [name]: value === current || value === usual ? undefined : value });
  return (
    <div className="facet" role="group" aria-label={t(`filter.${name}`)}>
      <h2>{t(`filter.${name}`)}</h2>
      {(all ? choices : choices.slice(0, shownFirst)).map((choice) => (
        <button
          key={choice.value}
          type="button"
          className="facet-choice"
          aria-pressed={choice.value === current}
          title={choice.name}
          onClick={() => pick(choice.value)}
        >
          <span className="clip">{choice.name}</span>
          {choice.count !== null && <span className="dim">{count(choice.count, i18n.language)}</span>}
        </button>
      ))}
      {choices.length > shownFirst && (
        <button type="button" className="facet-more" onClick={() => setAll(!all)} aria-expanded={all}>
          {all ? t("ports.less") : t("ports.more", { count: choices.length - shownFirst })}
        </button>
      )}
    </div>
  );
});
