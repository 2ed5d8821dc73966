import { useTranslation } from "react-i18next";
import { ApiError } from "../../api/client.ts";
import { useRefusal } from "../../forms/refusal.ts";
import { visible } from "../../text/hostile.ts";
import { mistakeCode, mistakesOf } from "./plan-mistakes.ts";

const detailsOf = (error: unknown): Readonly<Record<string, unknown>> =>
  error instanceof ApiError ? error.details : {};

/** Why nothing is scanned, in one sentence: the scope may have become another one since the plan was made. */
export function useScanRefusal(): (error: unknown) => string {
  const { t } = useTranslation();
  const otherwise = useRefusal();
  return (error) => {
    const { reason, address, pairsMax } = detailsOf(error);
    if (reason === "no-scope") return t("scans.noScope");
    if (reason === "scan-under-way") return t("scans.underWayAlready");
    if (typeof address === "string") return t("planMistake.outside", { text: visible(address) });
    return pairsMax === undefined ? otherwise(error) : t("plan.tooMuch");
  };
}

interface PlanRefusal {
  /** What is wrong, by the field of the plan. */
  readonly at: Readonly<Record<string, string>>;
  readonly sentence: (error: unknown) => string;
}

/** Why the server refuses a plan, at the fields that it names; the rest in one sentence. */
export function usePlanRefusal(error: unknown): PlanRefusal {
  const { t } = useTranslation();
  const otherwise = useScanRefusal();
  const message = error instanceof ApiError ? error.message : "";
  const at: Record<string, string> = {};
  for (const { field, problem } of mistakesOf(detailsOf(error))) {
    const { code, text, character } = mistakeCode(problem);
    at[field] = t(`planMistake.${code}`, { text: visible(text), at: character });
  }
  if ("address" in detailsOf(error)) at["targets"] = otherwise(error);
  if (message.startsWith("There is already a plan named")) at["name"] = t("planMistake.name");
  if (message === "No address is left to scan.") at["targets"] = t("planMistake.none");
  return {
    at,
    sentence: (refused) => (Object.keys(at).length > 0 ? t("plan.mistakes") : otherwise(refused)),
  };
}
