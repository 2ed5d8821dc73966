/** What the agent may cost its host. Past a cap it ends itself: a monitor must not be the load that it looks for. */
export const agentCaps = {
  /** Resident memory, sustained over `rssStrikes` checks. */
  rssBytesMax: 120 * 1024 * 1024,
  rssStrikes: 3,
  /** Share of one core, on average over `cpuWindowMs`. The usual is < 0.005. */
  cpuShareMax: 0.25,
  cpuWindowMs: 60_000,
  /** Time between checks. */
  checkEveryMs: 10_000,
};

export interface Usage {
  /** Since the start of the process, both kinds together. */
  readonly cpuMs: number;
  readonly rssBytes: number;
}

export function ownUsage(): Usage {
  const { user, system } = process.cpuUsage();
  return { cpuMs: (user + system) / 1000, rssBytes: process.memoryUsage.rss() };
}

/** Says when the agent has become too dear. */
export class SelfWatch {
  readonly #caps: typeof agentCaps;
  #lastCheckMs = Number.NEGATIVE_INFINITY;
  #strikes = 0;
  #window: { readonly atMs: number; readonly cpuMs: number } | null = null;

  constructor(caps: typeof agentCaps = agentCaps) {
    this.#caps = caps;
  }

  /** The sentence to end with, or null. `monotonicMs` never goes back. Cheap enough for every look. */
  check(monotonicMs: number, usage: () => Usage): string | null {
    const caps = this.#caps;
    if (monotonicMs - this.#lastCheckMs < caps.checkEveryMs) return null;
    this.#lastCheckMs = monotonicMs;
    const { cpuMs, rssBytes } = usage();
    this.#strikes = rssBytes > caps.rssBytesMax ? this.#strikes + 1 : 0;
    if (this.#strikes >= caps.rssStrikes) {
      return `the agent holds ${mebibytes(rssBytes)} MiB of memory, more than its cap of ${mebibytes(caps.rssBytesMax)} MiB`;
    }
    this.#window ??= { atMs: monotonicMs, cpuMs };
    const elapsedMs = monotonicMs - this.#window.atMs;
    if (elapsedMs < caps.cpuWindowMs) return null;
    const share = (cpuMs - this.#window.cpuMs) / elapsedMs;
    this.#window = { atMs: monotonicMs, cpuMs };
    if (share <= caps.cpuShareMax) return null;
    return `the agent took ${percent(share)} of a core over ${Math.round(elapsedMs / 1000)} s, more than its cap of ${percent(caps.cpuShareMax)}`;
  }
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / 1024 / 1024);
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
