import { useTranslation } from "react-i18next";
import { ApiError } from "../api/client.ts";
import { codeKey } from "../states/states.tsx";

/** Why the server refused, in one sentence: the words given for its status, else its own, else those for its code. */
export function useRefusal(words: Readonly<Record<number, string>> = {}): (error: unknown) => string {
  const { t } = useTranslation();
  return (error) => {
    const known = error instanceof ApiError ? error : undefined;
    const own = known === undefined || known.status === 0 ? undefined : (known.hint ?? known.message);
    return words[known?.status ?? 0] ?? own ?? t(`error.${codeKey(known?.code ?? "internal")}.what`);
  };
}
