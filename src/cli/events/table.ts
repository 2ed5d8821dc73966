import type { EventRow, PortEventRow } from "../../app/views.ts";
import { showable } from "../../base/text.ts";
import { endpointKey } from "../../model/endpoint.ts";
import { ownerLabel } from "../../model/owner.ts";
import type { Owner } from "../../model/owner.ts";
import type { CommandContext } from "../command.ts";
import { sourcesText, verdictText } from "../connections/trouble-words.ts";
import { eventMarks, highRiskSign } from "../marks.ts";
import { printTable } from "../table.ts";
import { localTime } from "../time.ts";

export function printEvents({ terminal, say }: CommandContext, rows: readonly EventRow[]): void {
  printTable(
    terminal,
    [
      { title: say("column.time"), text: (row) => localTime(row.atMs), colours: () => ["dim"] },
      {
        title: say("column.event"),
        text: (row) => `${eventMarks[row.kind].sign} ${say(`kind.${row.kind}`)}`,
        colours: (row) => [eventMarks[row.kind].colour],
      },
      {
        title: "",
        text: (row) => ("trouble" in row || row.verdict.highRisk === null ? "" : highRiskSign),
        colours: () => ["red"],
      },
      { title: say("column.host"), text: (row) => showable(row.hostName), shrinkTo: 10 },
      {
        title: say("column.address"),
        text: (row) =>
          "trouble" in row ? verdictText(say, row.trouble) : showable(endpointKey(row.endpoint)),
        shrinkTo: 20,
      },
      {
        title: say("column.owner"),
        text: (row) => ("trouble" in row ? sourcesText(say, row.trouble) : ownersOf(row)),
        shrinkTo: 16,
      },
    ],
    rows,
  );
}

/** `nginx`, or `nginx → nc` where it changed. */
function ownersOf({ ownersBefore, ownersAfter }: PortEventRow): string {
  const text = (owners: readonly Owner[]): string =>
    owners.map((owner) => showable(ownerLabel(owner))).join(", ");
  const [before, after] = [text(ownersBefore), text(ownersAfter)];
  if (before === "" || after === "" || before === after) return after || before;
  return `${before} → ${after}`;
}
