import type { Query } from "../../api/client.ts";

/** All that the URL of the page holds. */
export const eventSearchKeys = ["kind", "host", "port", "q", "risk", "from", "to"] as const;
export type EventSearch = { readonly [Key in (typeof eventSearchKeys)[number]]?: string };
export type SetEventSearch = (change: { [Key in keyof EventSearch]: EventSearch[Key] | undefined }) => void;

/** What the API is asked for it. */
export function eventQuery({ kind, ...rest }: EventSearch): Query {
  return kind === undefined ? rest : { ...rest, kind: kind.split(",") };
}
