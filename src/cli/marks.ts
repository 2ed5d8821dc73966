import type { EventKind } from "../model/event.ts";
import type { Colour } from "./terminal.ts";

/** The same marks as in the browser: a sign and a colour, never the colour alone. */
export const eventMarks: Readonly<Record<EventKind, { readonly sign: string; readonly colour: Colour }>> = {
  new: { sign: "▲", colour: "blue" },
  down: { sign: "▼", colour: "yellow" },
  recovered: { sign: "↺", colour: "green" },
  changed: { sign: "◆", colour: "magenta" },
};

export const highRiskSign = "⬣";
