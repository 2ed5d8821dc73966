import type { TFunction } from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useNow } from "./ago.tsx";
import { useZone } from "./zone.ts";

/** All that a row of a grid needs to speak, so that no cell has to ask by a hook. */
export interface Words {
  readonly t: TFunction;
  readonly language: string;
  readonly zone: string;
  readonly nowMs: number;
}

/** Relative times in a grid move on by this. */
const stepMs = 15_000;

export function useWords(): Words {
  const { t, i18n } = useTranslation();
  const { zone } = useZone();
  const nowMs = Math.ceil(useNow() / stepMs) * stepMs;
  const language = i18n.language;
  const said = useMemo(() => remembered(t), [t]);
  return useMemo(() => ({ t: said, language, zone, nowMs }), [said, language, zone, nowMs]);
}

/** A grid says the same few words in every row; the catalogue is asked once for each. */
function remembered(t: TFunction): TFunction {
  const known = new Map<unknown, unknown>();
  return new Proxy(t, {
    apply(say, self, words: unknown[]) {
      const [key] = words;
      if (words.length > 1) return Reflect.apply(say, self, words);
      if (!known.has(key)) known.set(key, Reflect.apply(say, self, words));
      return known.get(key);
    },
  });
}
