import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { BlockDeed, BlockRefusal } from "../../../api/shapes.ts";
import { visible } from "../../../text/hostile.ts";
import { span } from "./block-span.ts";

/** The sentences for what a host or the server says by codes. */
export interface BlockWords {
  readonly refusal: (refusal: BlockRefusal) => string;
  readonly outcome: (deed: BlockDeed) => string;
}

export function useBlockWords(): BlockWords {
  const { t } = useTranslation();
  const refusal = (told: BlockRefusal): string => {
    // A newer host may refuse for a reason that this page does not know.
    const defaultValue = visible(told.code);
    return t(`blockRefused.${told.code}`, { ...figuresOf(t, told), defaultValue });
  };
  return {
    refusal,
    outcome: ({ state, refusal: why, message }) => {
      if (why !== null) return refusal(why);
      return message === null ? t(`blockState.${state}`) : `${t(`blockState.${state}`)}: ${visible(message)}`;
    },
  };
}

/** What comes with a code may be a host's word. */
function figuresOf(t: TFunction, refusal: BlockRefusal): Record<string, string> {
  return Object.fromEntries(
    Object.entries(refusal).map(([name, value]) => [
      name,
      typeof value === "number" && name.endsWith("Ms") ? span(t, value) : visible(String(value)),
    ]),
  );
}
