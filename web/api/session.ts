import { useQuery } from "@tanstack/react-query";
import { sessionQuery } from "./queries.ts";

/** Whether this person may plan, start and stop; whoever may only read is offered no such button. */
export function useMayOperate(): boolean {
  const role = useQuery(sessionQuery).data?.user.role ?? "viewer";
  return role !== "viewer";
}
