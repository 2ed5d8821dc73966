import type { ConnectionSample } from "../model/connection-sample.ts";

/** An hour of samples at one every 8 s. */
export const samplesKeptMax = 450;
/** Busiest of each kind that a sample keeps while a newer one waits behind it: the history keeps no more of them. */
const rowsWhileWaiting = 10;
/** Two clocks that drift apart by more between two samples did not drift: one was set. */
const clockStepMs = 1_000;

interface Waiting {
  readonly number: number;
  readonly sample: ConnectionSample;
}

/** Samples on their way to the server, oldest first. */
export class SampleQueue {
  #waiting: Waiting[] = [];
  #number = 0;
  #clockOffsetMs: number | null = null;
  /** How many had to make room since they were last told of. */
  #dropped = 0;

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** `clockOffsetMs`: wall clock minus monotonic clock. When the wall clock was set, what waits is put in order with it. */
  offer(sample: ConnectionSample, clockOffsetMs: number): void {
    const stepMs = clockOffsetMs - (this.#clockOffsetMs ?? clockOffsetMs);
    this.#clockOffsetMs = clockOffsetMs;
    if (Math.abs(stepMs) > clockStepMs) {
      this.#waiting = this.#waiting.map((each) => ({ ...each, sample: moved(each.sample, stepMs) }));
    }
    const last = this.#waiting.pop();
    if (last !== undefined) this.#waiting.push({ ...last, sample: slim(last.sample) });
    // Two of one moment say nothing that one does not.
    if (last !== undefined && sample.atMs <= last.sample.atMs) return;
    this.#number += 1;
    this.#waiting.push({ number: this.#number, sample });
    if (this.#waiting.length <= samplesKeptMax) return;
    this.#waiting.shift();
    this.#dropped += 1;
  }

  /** The oldest, at most `most`, and the number to `take` them by. */
  oldest(most: number): { readonly samples: readonly ConnectionSample[]; readonly upTo: number } {
    const waiting = this.#waiting.slice(0, most);
    return { samples: waiting.map(({ sample }) => sample), upTo: waiting.at(-1)?.number ?? 0 };
  }

  /** They have arrived, or never will. Some may have been dropped meanwhile. */
  take(upTo: number): void {
    this.#waiting = this.#waiting.filter(({ number }) => number > upTo);
  }

  takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }
}

function moved(sample: ConnectionSample, stepMs: number): ConnectionSample {
  return { ...sample, atMs: Math.max(0, Math.round(sample.atMs + stepMs)) };
}

function slim(sample: ConnectionSample): ConnectionSample {
  const cut = <Row>(rows: readonly Row[]): readonly Row[] => rows.slice(0, rowsWhileWaiting);
  return {
    ...sample,
    ports: cut(sample.ports),
    remotes: cut(sample.remotes),
    prefixes: cut(sample.prefixes),
    processes: cut(sample.processes),
  };
}
