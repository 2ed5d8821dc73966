import type { ConnectionSeverity } from "../model/connection-verdict.ts";
import type { EventKind } from "../model/event.ts";
import type { Colour } from "./terminal.ts";

/** The same marks as in the browser: a sign and a colour, never the colour alone. */
export const eventMarks: Readonly<Record<EventKind, { readonly sign: string; readonly colour: Colour }>> = {
  new: { sign: "▲", colour: "blue" },
  down: { sign: "▼", colour: "yellow" },
  recovered: { sign: "↺", colour: "green" },
  changed: { sign: "◆", colour: "magenta" },
  trouble: { sign: "⚑", colour: "red" },
  "trouble-worse": { sign: "⇈", colour: "red" },
  "trouble-over": { sign: "✓", colour: "green" },
};

export const highRiskSign = "⬣";

export const severityMarks: Readonly<
  Record<ConnectionSeverity, { readonly sign: string; readonly colour: Colour }>
> = {
  look: { sign: "◌", colour: "blue" },
  warning: { sign: "▲", colour: "yellow" },
  critical: { sign: "⬣", colour: "red" },
};
