// What: brings the looks of a scan to the server, and asks again what the server doubts.
// Idea: each address has its own line, in which one look follows the other; a few lines move at the same time.
// Trap: the server weighs looks in the order in which they come: two of one address must never overtake each other.

import { tryParseEndpointKey } from "../model/endpoint.ts";
import type { IntakeAnswer, IntakeBatch } from "../model/intake.ts";
import { hostBehind, outsideAreas, outsideLook, type OutsideLook } from "../model/outside-look.ts";
import type { ScanAssignment } from "../model/scan-plan.ts";
import { persist } from "./back-off.ts";
import type { ScanWork } from "./scan-work.ts";
import { sleep } from "./sleep.ts";
import { askAgain, type Asking } from "./verify.ts";

/** Addresses whose looks are under way at the same time. */
const linesAtOnce = 16;
/** The server is content after three misses or two sightings; more rounds would be a dispute. */
const roundsMax = 6;

export interface LookDesk {
  tell(looks: readonly OutsideLook[]): void;
  /** When everything was told and nothing is doubted any more. */
  settled(): Promise<void>;
}

export function createLookDesk(
  options: ScanWork,
  assignment: ScanAssignment,
  { scan, loss }: Pick<Asking, "scan" | "loss">,
): LookDesk {
  const { signal } = options;
  const lines = new Map<string, Promise<void>>();
  const turns = turnstile(linesAtOnce);
  const deliver = deliveryOf(options, assignment);

  const work = async (first: OutsideLook): Promise<void> => {
    let answer = await turns(() => deliver(first));
    for (let round = 0; round < roundsMax && !signal.aborted; round += 1) {
      const doubted = doubtedIn(answer);
      if (doubted.length === 0) return;
      await sleep(answer?.lookAgainInMs ?? 0, signal);
      const { address } = first;
      answer = await turns(async () => {
        const { open, gone } = await askAgain({ ...options, scan, loss }, address, doubted);
        const told = [...open, ...gone];
        return told.length === 0
          ? undefined
          : deliver({ address, coverage: outsideAreas(address, told), open });
      });
    }
  };

  return {
    tell(looks) {
      for (const look of looks) {
        const { address } = look;
        const line = (lines.get(address) ?? Promise.resolve()).then(() => work(look));
        lines.set(address, line);
        void line.then(() => {
          if (lines.get(address) === line) lines.delete(address);
        });
      }
    },
    async settled() {
      while (lines.size > 0) await Promise.all(lines.values());
    },
  };
}

function doubtedIn(answer: IntakeAnswer | undefined): OutsideLook["open"] {
  return (answer?.verify ?? []).flatMap((key) => tryParseEndpointKey(key) ?? []);
}

/** Undefined when the server does not take it: that is told, and not tried again. */
function deliveryOf(options: ScanWork, { runId, node }: ScanAssignment) {
  const { link, clock, newId, random, version, say, signal } = options;
  let sequence = 0;
  return async (look: OutsideLook): Promise<IntakeAnswer | undefined> => {
    const batch: IntakeBatch = {
      batchId: newId(),
      runId,
      sequence: (sequence += 1),
      source: { kind: "scanner", version },
      host: hostBehind(look.address),
      look: outsideLook(look, { vantage: node, atMs: clock.nowMs() }),
    };
    const delivery = await persist(
      async () => {
        const tried = await link.deliver(batch);
        return tried.outcome === "failed" ? undefined : tried;
      },
      random,
      signal,
    );
    if (delivery?.outcome === "accepted") return delivery.answer;
    if (delivery !== undefined) {
      const why = "message" in delivery ? delivery.message : delivery.outcome;
      say("warn", `what was seen of ${look.address} was not taken: ${why}`);
    }
    return undefined;
  };
}

/** Lets so many work at the same time; the others wait in their order. */
function turnstile(max: number) {
  let inside = 0;
  const waiting: (() => void)[] = [];
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (inside >= max) await new Promise<void>((resolve) => waiting.push(resolve));
    else inside += 1;
    try {
      return await work();
    } finally {
      // Whoever waits takes over the place; only an unwanted one becomes free.
      const next = waiting.shift();
      if (next === undefined) inside -= 1;
      else next();
    }
  };
}
