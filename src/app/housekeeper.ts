import type { Commands } from "./commands.ts";
import type { Report, Thread } from "./thread.ts";

const roundMs = 60_000;
/** Slices per round: what is left waits for the next, so that batches are never held up for long. */
const slicesPerRound = 20;

/** Takes away what has grown too old, a little every minute, and keeps the write-ahead log short. */
export function startHousekeeping(writing: Thread<Commands>, report: Report): { stop(): Promise<void> } {
  const stop = new AbortController();
  let running: Promise<void> = Promise.resolve();
  const round = async (): Promise<void> => {
    try {
      let rows = 0;
      for (let slice = 0; slice < slicesPerRound && !stop.signal.aborted; slice += 1) {
        const taken = await writing.call("prune", null);
        rows += taken;
        if (taken === 0) break;
      }
      if (!stop.signal.aborted) await writing.call("checkpoint", null);
      if (rows > 0) report("info", "what grew too old was taken away", { rows });
    } catch (error) {
      report("warn", "housekeeping could not be done and is tried again", {
        error: error instanceof Error ? error.message : String(error),
      });
    }
  };
  const timer = setInterval(() => {
    running = round();
  }, roundMs);
  timer.unref();
  return {
    async stop() {
      stop.abort();
      clearInterval(timer);
      await running;
    },
  };
}
