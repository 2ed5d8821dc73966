import { Session, type Debugger, type InspectorNotification } from "node:inspector";
import { parentPort, workerData } from "node:worker_threads";

/** What the main thread ran while its loop stood still, innermost call first. */
export interface Stall {
  readonly afterMs: number;
  readonly stack: readonly string[];
}

interface Watched {
  readonly beat: BigInt64Array;
  readonly blockedMs: number;
}

const lookMs = 200;
const framesMax = 30;
/** A thread that is blocked again and again is told of once a minute. */
const restMs = 60_000;

/**
 * Halts the main thread for an instant through the debugger, notes its call frames and lets it go on. While native
 * code runs, the halt comes when that returns.
 */
function takeStack(done: (stack: readonly string[]) => void): void {
  const session = new Session();
  session.connectToMainThread();
  const files = new Map<string, string>();
  session.on(
    "Debugger.scriptParsed",
    ({ params }: InspectorNotification<Debugger.ScriptParsedEventDataType>) => {
      files.set(params.scriptId, params.url);
    },
  );
  session.once("Debugger.paused", ({ params }: InspectorNotification<Debugger.PausedEventDataType>) => {
    session.post("Debugger.resume", () => {
      session.post("Debugger.disable", () => session.disconnect());
    });
    const frames = params.callFrames.slice(0, framesMax);
    done(
      frames.map(({ functionName, location }) => {
        const name = functionName === "" ? "(anonymous)" : functionName;
        return `${name} ${files.get(location.scriptId) ?? "?"}:${location.lineNumber + 1}`;
      }),
    );
  });
  session.post("Debugger.enable", () => session.post("Debugger.pause"));
}

function watch({ beat, blockedMs }: Watched): void {
  let lastBeat = Atomics.load(beat, 0);
  let changedMs = performance.now();
  let quietUntilMs = 0;
  setInterval(() => {
    const now = performance.now();
    const current = Atomics.load(beat, 0);
    if (current !== lastBeat) {
      lastBeat = current;
      changedMs = now;
      return;
    }
    if (now - changedMs < blockedMs || now < quietUntilMs) return;
    quietUntilMs = now + restMs;
    const afterMs = Math.round(now - changedMs);
    takeStack((stack) => parentPort?.postMessage({ afterMs, stack } satisfies Stall, []));
  }, lookMs);
}

watch(workerData as Watched);
