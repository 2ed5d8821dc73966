import { useTranslation } from "react-i18next";
import { visible } from "../../text/hostile.ts";
import { bytes, duration } from "../../text/time.ts";
import { readLimit } from "./limit-sentences.ts";

type Params = Readonly<Record<string, unknown>>;
interface Words {
  readonly what: string;
  readonly mend: string | null;
}

/** Figures that choose between singular and plural. */
const counted = new Set(["count", "pending", "hosts", "ends"]);

/**
 * What cannot be seen, or ails, and how to mend it. Takes a code of the server or a collector's sentence; what this
 * build does not know is shown as it came.
 */
export function useLimitWords(
  family: "limit" | "health" = "limit",
): (code: string, params?: Params) => Words {
  const { t, i18n } = useTranslation();
  // The key comes from the server: whether it is known is asked, not compiled.
  const say = t as unknown as (key: string, words: Readonly<Record<string, string | number>>) => string;
  const figure = (key: string, value: unknown): string => {
    if (typeof value === "number" && key.endsWith("Ms")) return duration(Math.abs(value), i18n.language);
    if (typeof value === "number" && key.endsWith("Bytes")) return bytes(value, i18n.language);
    return visible(String(value));
  };
  return (code, params = {}) => {
    const sentence = typeof params["limit"] === "string" ? params["limit"] : code;
    const read = readLimit(sentence) ?? { code, params };
    const words = Object.fromEntries(
      Object.entries(read.params).map(([key, value]) =>
        counted.has(key) ? ["count", Number(value)] : [key, figure(key, value)],
      ),
    );
    const key = `${family}.${read.code}`;
    if (!i18n.exists(`${key}.what`, words)) return { what: visible(sentence), mend: null };
    return {
      what: say(`${key}.what`, words),
      mend: i18n.exists(`${key}.mend`) ? say(`${key}.mend`, words) : null,
    };
  };
}
