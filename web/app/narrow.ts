import { useSyncExternalStore } from "react";

/** Under this the rail becomes a burger and tables become cards. */
const query = window.matchMedia("(max-width: 767px)");

export function useNarrow(): boolean {
  return useSyncExternalStore(
    (listener) => {
      query.addEventListener("change", listener);
      return () => query.removeEventListener("change", listener);
    },
    () => query.matches,
  );
}
