import { formatDuration } from "../../base/duration.ts";
import { showable } from "../../base/text.ts";
import type { ConnectionReason, ConnectionVerdict } from "../../model/connection-verdict.ts";
import type { OddReason } from "../../model/odd-remote.ts";
import type { Say } from "../language/language.ts";
import { figure } from "../figure.ts";

/** The one place where the command line puts a verdict into words. */

/** Names that one line shows; the rest is counted. */
const sourcesShown = 3;

const length = (ms: number): string => formatDuration(ms < 10_000 ? ms : Math.round(ms / 1_000) * 1_000);
const share = (perMille: number): string => `${Math.round(perMille) / 10} %`;

/** `SYN flood`, `CLOSE-WAIT leak: java (411)`, `accept queue overflow: tcp/443 nginx (1000)`. */
export function verdictText(say: Say, { kind, subject, process }: ConnectionVerdict): string {
  const pid = process === null || process.pid === null ? "" : ` (${process.pid})`;
  const whom = [...new Set([subject, process?.name ?? ""])].filter((name) => name !== "").join(" ");
  const what = say(`verdict.${kind}`);
  return whom === "" ? what : say("trouble.of", { what, whom: showable(whom) + pid });
}

/** Who is named; empty: nobody can be. */
export function sourcesText(say: Say, { sources }: ConnectionVerdict): string {
  const shown = sources.slice(0, sourcesShown).map(({ remote, count }) => `${remote} (${figure(count)})`);
  const rest = sources.length - shown.length;
  return showable([...shown, ...(rest > 0 ? [say("trouble.more", { count: rest })] : [])].join(", "));
}

/** With what is usual, where something was learned. */
export function reasonText(say: Say, reason: ConnectionReason): string {
  const usual = usualOf(reason);
  const text = plainReason(say, reason);
  return usual === null ? text : say("why.usual", { reason: text, usual });
}

function plainReason(say: Say, reason: ConnectionReason): string {
  switch (reason.code) {
    case "handshake-lasts":
      return say("why.handshake-lasts", { length: length(reason.ms) });
    case "half-open-share":
      return say("why.half-open-share", { share: share(reason.perMille) });
    case "cookies":
      return say("why.cookies", {
        sent: figure(reason.sentPerSecond),
        returned: figure(reason.returnedPerSecond),
      });
    case "close-wait":
      return say("why.close-wait", { count: figure(reason.count), length: length(reason.forMs) });
    case "nothing-learned":
      return say("why.nothing-learned", { length: length(reason.watchedMs) });
    case "queue":
      return say("why.queue", {
        port: String(reason.port),
        waiting: figure(reason.waiting),
        max: figure(reason.max),
      });
    default:
      return say(`why.${reason.code}`, figuresOf(reason));
  }
}

function usualOf(reason: ConnectionReason): string | null {
  if ("usualMs" in reason) return reason.usualMs === null ? null : length(reason.usualMs);
  if ("usualPerMille" in reason) return reason.usualPerMille === null ? null : share(reason.usualPerMille);
  return "usual" in reason && reason.usual !== null ? figure(reason.usual) : null;
}

export const oddText = (say: Say, reason: OddReason): string => say(`odd.${reason.code}`, figuresOf(reason));

/** Every figure of a reason as it is shown; names made safe. */
function figuresOf(reason: ConnectionReason | OddReason): Record<string, string> {
  return Object.fromEntries(
    Object.entries(reason).map(([key, value]: [string, string | number | null]) => [
      key,
      typeof value === "number" ? figure(value) : showable(value ?? ""),
    ]),
  );
}
