// A fleet watched from outside over a network that is made up: sweep → detect → doubts asked again, spaced → detect.
import { createIdSource } from "../../src/base/id.ts";
import { indexRules } from "../../src/detect/judge.ts";
import { detect } from "../../src/detect/pipeline.ts";
import { noAnswersYet, verify, verifyDefaults } from "../../src/sources/scan/doubt.ts";
import { type Belief, isPending } from "../../src/model/belief.ts";
import type { CoverageTest } from "../../src/model/coverage.ts";
import { detectDefaults, type DetectPolicy } from "../../src/model/detect-policy.ts";
import type { PortEventKind } from "../../src/model/event.ts";
import { listener } from "./listener.ts";
import { type MadeUpNetwork, scanMadeUp } from "./made-up-network.ts";
import { randomOf } from "./random.ts";

export interface Told {
  readonly host: number;
  readonly port: number;
  readonly kind: PortEventKind;
}

export interface Cycle {
  readonly told: readonly Told[];
  /** What the sweep alone found, as `host:port`. */
  readonly found: ReadonlySet<string>;
  /** Of the sweep, and of asking again. */
  readonly probes: number;
  readonly verifyingProbes: number;
}

export interface OutsideWatch {
  /** One sweep and what follows of it. `missed`: pairs that the sweep does not see, whatever the network does. */
  cycle(network: MadeUpNetwork, nowMs: number, missed?: ReadonlySet<string>): Cycle;
}

/** Outside, one sighting is not enough either: a second one comes from asking again. */
const policy: DetectPolicy = { ...detectDefaults, sightingsToNew: { tcp: 2, udp: 2, sctp: 2 } };
const packetsPerSecond = 20_000;
/** The first sweep is the base of all that is told later, and takes more care. */
const missTargets = { first: 1e-7, later: 1e-4 } as const;
/** Of asking again in one cycle: what is back needs a second sighting. */
const roundsMax = 3;
const noRules = indexRules([]);

export const pairKey = (host: number, port: number): string => `${host}:${port}`;

export function outsideWatch(seed: number): OutsideWatch {
  const random = randomOf(seed);
  const newId = createIdSource();
  const beliefs = new Map<number, Map<number, Belief>>();
  let isFirst = true;

  /** One look at one host; what is told of it. */
  const look = (host: number, ports: readonly number[], covers: CoverageTest, nowMs: number): Told[] => {
    const held = beliefs.get(host) ?? new Map<number, Belief>();
    beliefs.set(host, held);
    const outcome = detect({
      host: { id: String(host), hostname: `host${host}`, addresses: [], labels: {} },
      view: "outside",
      nowMs,
      clockStepMs: 0,
      beliefs: [...held.values()],
      seen: ports.map((port) => listener({ address: `host${host}`, port }, [])),
      covers,
      wasCovered: () => !isFirst,
      rules: noRules,
      policy,
      newId,
    });
    for (const { port } of outcome.forgotten) held.delete(port);
    for (const { after } of outcome.moved) held.set(after.port, after);
    return outcome.events.map(({ kind, endpoint }) => ({ host, port: endpoint.port, kind }));
  };

  return {
    cycle(network, nowMs, missed = new Set()) {
      const found = new Set<string>();
      const byHost = new Map<number, number[]>();
      const missTarget = isFirst ? missTargets.first : missTargets.later;
      const scanSeed = Math.floor(random() * 2 ** 31);
      const { probes, progress } = scanMadeUp(
        network,
        { bytesPerSecond: null, packetsPerSecond, missTarget, seed: scanSeed },
        (host, port) => {
          if (missed.has(pairKey(host, port))) return;
          found.add(pairKey(host, port));
          byHost.set(host, [...(byHost.get(host) ?? []), port]);
        },
      );
      const told: Told[] = [];
      for (let host = 0; host < network.hosts; host += 1)
        told.push(...look(host, byHost.get(host) ?? [], () => true, nowMs));

      let verifyingProbes = 0;
      for (const [host, held] of beliefs) {
        const isFound = (port: number): boolean => found.has(pairKey(host, port));
        let doubted = [...held.values()]
          .filter((belief) => isPending(belief) || (isRecent(belief, nowMs) && !isFound(belief.port)))
          .map(({ port }) => port);
        let askMs = nowMs;
        for (let round = 0; round < roundsMax && doubted.length > 0; round += 1) {
          const settled = new Map<number, boolean>();
          let endMs = askMs;
          for (const port of doubted) {
            const { isOpen, tries, atMs } = askAgain(network, host, port, progress.loss, askMs, random);
            verifyingProbes += tries;
            endMs = Math.max(endMs, atMs);
            if (isOpen !== undefined) settled.set(port, isOpen);
          }
          const seen = doubted.filter((port) => settled.get(port) === true);
          told.push(...look(host, seen, ({ port }) => settled.has(port), endMs));
          doubted = [...held.values()].filter(isPending).map(({ port }) => port);
          askMs = endMs;
        }
      }
      isFirst = false;
      return { told, found, probes, verifyingProbes };
    },
  };
}

/** What went down lately is asked for in every cycle: a sweep may miss its return like any other port. */
const isRecent = ({ state, sinceMs }: Belief, nowMs: number): boolean =>
  state === "down" && nowMs - sinceMs <= policy.lookBackMs;

/** One port until it is settled; undefined: it cannot be. */
function askAgain(
  { isOpen, isSilent, loss }: MadeUpNetwork,
  host: number,
  port: number,
  measured: number | null,
  startMs: number,
  random: () => number,
) {
  let doubt = noAnswersYet;
  // No sooner than a miss counts.
  for (let atMs = startMs + policy.missSpanMs; ; atMs += verifyDefaults.spacingMs) {
    const verdict = verify(doubt, measured, atMs);
    const tries = doubt.answers + doubt.refusals + doubt.silences;
    if (verdict === "open" || verdict === "gone") return { isOpen: verdict === "open", tries, atMs };
    if (verdict === "unknown") return { isOpen: undefined, tries, atMs };
    const isLost = random() < loss || random() < loss;
    const answers = isOpen(host, port);
    if (isLost || (!answers && isSilent(host)))
      doubt = { ...doubt, silences: doubt.silences + 1, askedMs: atMs };
    else if (answers) doubt = { ...doubt, answers: doubt.answers + 1, askedMs: atMs };
    else doubt = { ...doubt, refusals: doubt.refusals + 1, askedMs: atMs };
  }
}
