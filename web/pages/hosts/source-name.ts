import { useTranslation } from "react-i18next";
import { visible } from "../../text/hostile.ts";

/** Who looks, by the kind that the server knows it by; a kind that this build does not know is shown as it is. */
export function useSourceName(): (source: {
  readonly kind: string;
  readonly vantage: string | null;
}) => string {
  const { t } = useTranslation();
  return ({ kind, vantage }) => {
    const name =
      kind === "agent" || kind === "scanner"
        ? t(`source.${kind}`)
        : t("source.other", { kind: visible(kind) });
    return vantage === null ? name : `${name} @ ${visible(vantage)}`;
  };
}
