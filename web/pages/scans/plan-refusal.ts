import { useTranslation } from "react-i18next";
import { ApiError } from "../../api/client.ts";
import { useRefusal } from "../../forms/refusal.ts";
import { visible } from "../../text/hostile.ts";
import { mistakeCode, mistakesOf } from "./plan-mistakes.ts";

interface PlanRefusal {
  /** What is wrong, by the field of the plan. */
  readonly at: Readonly<Record<string, string>>;
  readonly sentence: (error: unknown) => string;
}

/** Why the server refuses a plan, at the fields that it names; the rest in one sentence. */
export function usePlanRefusal(error: unknown): PlanRefusal {
  const { t } = useTranslation();
  const otherwise = useRefusal();
  const known = error instanceof ApiError ? error : undefined;
  const details = known?.details ?? {};
  const at: Record<string, string> = {};
  for (const { field, problem } of mistakesOf(details)) {
    const { code, text, character } = mistakeCode(problem);
    at[field] = t(`planMistake.${code}`, { text: visible(text), at: character });
  }
  if (typeof details["address"] === "string")
    at["targets"] = t("planMistake.outside", { text: visible(details["address"]) });
  if (known?.message.startsWith("There is already a plan named") === true) at["name"] = t("planMistake.name");
  if (known?.message === "No address is left to scan.") at["targets"] = t("planMistake.none");
  return {
    at,
    sentence: (refused) => {
      if (Object.keys(at).length > 0) return t("plan.mistakes");
      if (details["reason"] === "no-scope") return t("scans.noScope");
      return details["pairsMax"] === undefined ? otherwise(refused) : t("plan.tooMuch");
    },
  };
}
