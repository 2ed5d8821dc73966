import { useTranslation } from "react-i18next";
import type { ConnectionReason, ConnectionVerdict, OddReason } from "../../api/shapes.ts";
import { visible } from "../../text/hostile.ts";
import { count, duration, share } from "../../text/time.ts";

/** What a reason says, formatted; names made visible. */
type Figures = {
  readonly [Name in Exclude<KeyOf<ConnectionReason | OddReason>, "count"> | "number"]?: string;
};
type KeyOf<Reason> = Reason extends unknown ? keyof Reason : never;

interface TroubleWords {
  /** `CLOSE-WAIT leak: java (411)`, `Accept queue overflow: tcp/443 nginx (1000)`. */
  readonly title: (verdict: Pick<ConnectionVerdict, "kind" | "subject" | "process">) => string;
  /** `java (411)`, `tcp/443 nginx (1000)`; empty: the whole host. */
  readonly whom: (verdict: Pick<ConnectionVerdict, "subject" | "process">) => string;
  /** With what is usual, where something was learned. */
  readonly reason: (reason: ConnectionReason) => string;
  readonly odd: (reason: OddReason) => string;
}

/** The one place where the pages put a verdict into words. */
export function useTroubleWords(): TroubleWords {
  const { t, i18n } = useTranslation();
  const { language } = i18n;
  const number = (value: number): string => count(Math.round(value), language);
  const length = (ms: number): string => duration(ms, language);
  const part = (perMille: number): string => share(perMille / 1_000, language);
  const figures = (reason: object): Figures =>
    Object.fromEntries(
      Object.entries(reason).map(([key, value]: [string, string | number | null]) => [
        key === "count" ? "number" : key,
        typeof value === "number" ? number(value) : visible(value ?? ""),
      ]),
    );
  const plain = (reason: ConnectionReason): string => {
    switch (reason.code) {
      case "handshake-lasts":
        return t("why.handshake-lasts", { length: length(reason.ms) });
      case "half-open-share":
        return t("why.half-open-share", { share: part(reason.perMille) });
      case "cookies":
        return t("why.cookies", {
          sent: number(reason.sentPerSecond),
          returned: number(reason.returnedPerSecond),
        });
      case "close-wait":
        return t("why.close-wait", { number: number(reason.count), length: length(reason.forMs) });
      case "nothing-learned":
        return t("why.nothing-learned", { length: length(reason.watchedMs) });
      case "queue":
        return t("why.queue", { ...figures(reason), port: String(reason.port) });
      default:
        return t(`why.${reason.code}`, figures(reason));
    }
  };
  const usual = (reason: ConnectionReason): string | null => {
    if ("usualMs" in reason) return reason.usualMs === null ? null : length(reason.usualMs);
    if ("usualPerMille" in reason) return reason.usualPerMille === null ? null : part(reason.usualPerMille);
    return "usual" in reason && reason.usual !== null ? number(reason.usual) : null;
  };
  return {
    title: (verdict) => {
      const [what, whom] = [t(`verdict.${verdict.kind}`), whomOf(verdict)];
      return whom === "" ? what : t("trouble.of", { what, whom });
    },
    whom: whomOf,
    reason: (reason) => {
      const most = usual(reason);
      return most === null ? plain(reason) : t("why.usual", { reason: plain(reason), usual: most });
    },
    odd: (reason) => t(`odd.${reason.code}`, figures(reason)),
  };
}

function whomOf({ subject, process }: Pick<ConnectionVerdict, "subject" | "process">): string {
  const pid = process === null || process.pid === null ? "" : ` (${process.pid})`;
  const names = [...new Set([subject, process?.name ?? ""])].filter((name) => name !== "");
  return visible(names.join(" ")) + pid;
}
