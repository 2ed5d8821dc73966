import { useMemo } from "react";
import type { Query } from "../../api/client.ts";

/** What narrows the list: keys of the URL, and of the API. */
export const filterKeys = [
  "q",
  "state",
  "transport",
  "scope",
  "host",
  "port",
  "owner",
  "risk",
  "at",
] as const;
export type FilterKey = (typeof filterKeys)[number];

/** All that the URL of the page holds. */
export const portSearchKeys = [...filterKeys, "sort", "cols", "dense", "open"] as const;
export type PortSearch = { readonly [Key in (typeof portSearchKeys)[number]]?: string };
export type SetSearch = (change: Partial<Record<keyof PortSearch, string | undefined>>) => void;

/** The part of the URL that the API filters by; the same object while the URL says the same. */
export function usePortFilter(search: PortSearch): Query {
  const values = filterKeys.map((key) => search[key]);
  return useMemo(
    () =>
      Object.fromEntries(
        filterKeys.flatMap((key, index) => {
          const value = values[index]?.trim();
          return value === undefined || value === "" ? [] : [[key, value]];
        }),
      ),
    // oxlint-disable-next-line react/exhaustive-deps -- the values are the dependency
    values,
  );
}
