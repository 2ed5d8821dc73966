import { endpointKey, tryParseEndpointKey } from "../model/endpoint.ts";
import { fitText } from "../model/fit-listener.ts";
import { intakeBytesMax, intakeListenersMax } from "../model/intake.ts";
import { sentenceCharactersMax } from "../model/listener-check.ts";
import type { Listener } from "../model/listener.ts";
import type { Look } from "../model/look.ts";

/** Room for the envelope of a batch. */
export const lookBytesMax = intakeBytesMax - 256 * 1024;

/** The server takes 32; one is left for what the agent says of lost looks. */
const limitsMax = 31;

/** Whether the server would take it. */
export function fits(look: Look): boolean {
  const { listeners, gone, limits } = look;
  if (limits.length > limitsMax || limits.some((limit) => limit !== fitText(limit, sentenceCharactersMax))) {
    return false;
  }
  const count = listeners.length + gone.length;
  if (count === 0) return true;
  if (listeners.length > intakeListenersMax || gone.length > intakeListenersMax) return false;
  if (new Set([...listeners.map(endpointKey), ...gone]).size !== count) return false;
  return Buffer.byteLength(JSON.stringify(look)) <= lookBytesMax;
}

/** How long a cut stands before a changed host is looked at whole again: such a look takes 20 ms and megabytes. */
export const cutKeptMs = 60_000;

/** Where a full look had to be cut: of so many listeners, those above the port are not told. */
interface Cut {
  readonly lastPort: number;
  readonly listeners: number;
}

/**
 * Makes the looks at one host fit, one after the other. A full look that is too much for one batch is cut: the highest
 * ports are left out of listeners and coverage alike, so that nothing is said about them, and the limit is told. What
 * was left out then is left out of all that builds on it, until a full look holds everything again.
 */
export class LookFit {
  #cut: Cut | null = null;
  #cutAtMs = 0;
  #changedSince = false;

  /** Whether a full look may hold more than the last one did. */
  wantsFullLook(nowMs: number): boolean {
    return this.#cut !== null && this.#changedSince && nowMs - this.#cutAtMs >= cutKeptMs;
  }

  /** What can be told of it; undefined when only a full look can tell. */
  fit(look: Look, nowMs: number): Look | undefined {
    if (look.basis === "full") return this.#fitFull(look, nowMs);
    if (look.basis === "delta") this.#changedSince = true;
    const told = this.#cut === null ? look : within(this.#cut, look);
    return fits(told) ? told : undefined;
  }

  #fitFull(look: Look, nowMs: number): Look {
    this.#cut = null;
    this.#cutAtMs = nowMs;
    this.#changedSince = false;
    if (fits(look)) return look;
    const distinct = new Map(look.listeners.map((listener) => [endpointKey(listener), listener]));
    const listeners = [...distinct.values()].sort((a, b) => a.port - b.port);
    this.#cut = cutOf(listeners);
    if (this.#cut !== null) return within(this.#cut, { ...look, listeners });
    return { ...look, listeners, limits: fitLimits(look.limits) };
  }
}

/** `listeners` by port. */
function cutOf(listeners: readonly Listener[]): Cut | null {
  let bytes = 0;
  const first = listeners.findIndex((listener, index) => {
    bytes += Buffer.byteLength(JSON.stringify(listener)) + 1;
    return index >= intakeListenersMax || bytes > lookBytesMax;
  });
  const left = listeners[first];
  return left === undefined ? null : { lastPort: left.port - 1, listeners: listeners.length };
}

function within({ lastPort, listeners }: Cut, look: Look): Look {
  const limit = `${listeners} listeners are more than one batch holds: ports above ${lastPort} are not reported`;
  return {
    ...look,
    listeners: look.listeners.filter(({ port }) => port <= lastPort),
    gone: look.gone.filter((key) => (tryParseEndpointKey(key)?.port ?? 0) <= lastPort),
    coverage: look.coverage.map((area) => ({
      ...area,
      ports: area.ports
        .filter(({ first }) => first <= lastPort)
        .map(({ first, last }) => ({ first, last: Math.min(last, lastPort) })),
    })),
    limits: [...fitLimits(look.limits).slice(0, limitsMax - 1), limit],
  };
}

function fitLimits(limits: readonly string[]): string[] {
  return limits.slice(0, limitsMax).map((limit) => fitText(limit, sentenceCharactersMax));
}
