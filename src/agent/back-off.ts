import { sleep } from "./sleep.ts";

/** First and longest pause between tries; doubled each time, drawn from its upper half so that agents do not march in step. */
export const backOffFirstMs = 500;
export const backOffMaxMs = 30_000;
/** A refused token is a person's matter: look in now and then. */
export const refusedPauseMs = 60_000;
/** Longest pause that a server may ask for. */
export const retryAfterMaxMs = 5 * 60_000;

/** Milliseconds to wait after the `failures`-th failure in a row (1, 2 …). `random` in [0, 1). */
export function pauseAfter(failures: number, random: number, retryAfterMs: number | null = null): number {
  const ceiling = Math.min(backOffMaxMs, backOffFirstMs * 2 ** Math.min(failures - 1, 16));
  const pause = ceiling / 2 + (ceiling / 2) * random;
  return retryAfterMs === null ? pause : Math.max(pause, Math.min(retryAfterMs, retryAfterMaxMs));
}

/** Tries until it comes to something, or the signal; the pauses grow. */
export async function persist<Result>(
  attempt: () => Promise<Result | undefined>,
  random: () => number,
  signal: AbortSignal,
): Promise<Result | undefined> {
  for (let failures = 1; ; failures += 1) {
    const result = await attempt();
    if (result !== undefined || signal.aborted) return result;
    await sleep(pauseAfter(failures, random()), signal);
  }
}
