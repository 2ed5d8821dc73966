// Two stories of ports watched from outside, told by numbers: a long steady state, and the case of the article, in which
// a port is seen on the 15th and the 17th and missed on the 16th.
import type { PortEventKind } from "../../src/model/event.ts";
import type { MadeUpNetwork } from "../support/made-up-network.ts";
import { outsideWatch, pairKey } from "../support/outside-watch.ts";
import { randomOf } from "../support/random.ts";

const dayMs = 86_400_000;
const firstMs = Date.UTC(2018, 5, 14);

export interface SteadyState {
  readonly hosts: number;
  readonly ports: number;
  readonly knownPerHost: number;
  readonly cycles: number;
  /** So many open for the first time, and so many close for good, each in some cycle after the first. */
  readonly planted: number;
  readonly loss: number;
  readonly seed: number;
}

export interface SteadyOutcome {
  readonly falseNew: number;
  readonly falseDown: number;
  /** Of `2 × planted`: told in the very cycle. */
  readonly toldInTime: number;
  /** Of all cycles after the first, by pairs of host and port. */
  readonly sweepPasses: number;
  readonly verifyingPasses: number;
}

export function playSteadyState(story: SteadyState): SteadyOutcome {
  const { hosts, knownPerHost, cycles, planted, loss, seed } = story;
  const random = randomOf(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const open = new Set<string>();
  for (let host = 0; host < hosts; host += 1)
    for (let at = 0; at < knownPerHost; at += 1) {
      let key = pairKey(host, 1 + below(story.ports));
      while (open.has(key)) key = pairKey(host, 1 + below(story.ports));
      open.add(key);
    }
  /** What changes in which cycle. */
  const changes = new Map<string, { readonly cycle: number; readonly kind: "new" | "down" }>();
  const known = [...open];
  while (changes.size < planted) {
    const key = known[below(known.length)] ?? "";
    changes.set(key, { cycle: 1 + below(cycles - 1), kind: "down" });
  }
  while (changes.size < 2 * planted) {
    const key = pairKey(below(hosts), 1 + below(story.ports));
    if (!open.has(key)) changes.set(key, { cycle: 1 + below(cycles - 1), kind: "new" });
  }
  const network: MadeUpNetwork = {
    hosts,
    ports: Uint16Array.from({ length: story.ports }, (_, index) => index + 1),
    isOpen: (host, port) => open.has(pairKey(host, port)),
    isSilent: () => false,
    loss,
  };
  const watch = outsideWatch(seed);
  let [falseNew, falseDown, toldInTime, probes, verifying] = [0, 0, 0, 0, 0];
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    for (const [key, change] of changes) {
      if (change.cycle !== cycle) continue;
      if (change.kind === "new") open.add(key);
      else open.delete(key);
    }
    const seen = watch.cycle(network, firstMs + cycle * dayMs);
    if (cycle > 0) {
      probes += seen.probes;
      verifying += seen.verifyingProbes;
    }
    for (const { host, port, kind } of seen.told) {
      const change = changes.get(pairKey(host, port));
      if (change?.cycle === cycle && change.kind === kind) toldInTime += 1;
      else if (kind === "down") falseDown += 1;
      else falseNew += 1;
    }
  }
  const pass = hosts * story.ports * (cycles - 1);
  return { falseNew, falseDown, toldInTime, sweepPasses: probes / pass, verifyingPasses: verifying / pass };
}

/** `relaunched`: it was closed on the 16th; `missed`: it was open, and the scan did not see it. */
export type World = "relaunched" | "missed";

export interface Verdicts {
  readonly ours: boolean;
  /** Told is what differs from the day before. */
  readonly yesterday: boolean;
  /** As before, and new only what none of the last three days saw. */
  readonly threeDays: boolean;
}

const port = 80;
const hostPorts = 100;
const othersOpen = [22, 25, 53, 99];

/** Whether each rule tells of all ports what happened, and nothing else, on the 16th and the 17th. */
export function playArticle(world: World, loss: number, seed: number): Verdicts {
  const watch = outsideWatch(seed);
  const days: { readonly told: readonly string[]; readonly found: ReadonlySet<string> }[] = [];
  for (let day = 14; day <= 17; day += 1) {
    const isClosed = day === 16 && world === "relaunched";
    const network: MadeUpNetwork = {
      hosts: 1,
      ports: Uint16Array.from({ length: hostPorts }, (_, index) => index + 1),
      isOpen: (_, asked) => (asked === port ? !isClosed : othersOpen.includes(asked)),
      isSilent: () => false,
      loss,
    };
    const missed = new Set(day === 16 ? [pairKey(0, port)] : []);
    const { told, found } = watch.cycle(network, firstMs + (day - 14) * dayMs, missed);
    days.push({ told: told.map((each) => word(each.kind, pairKey(0, each.port))), found });
  }
  const [first, second, third, fourth] = days;
  if (!first || !second || !third || !fourth) return { ours: false, yesterday: false, threeDays: false };
  const happened =
    world === "relaunched" ? [word("down", pairKey(0, port)), word("recovered", pairKey(0, port))] : [];
  const gone = [first, second, third].flatMap(({ found }, at) =>
    [...found].filter((key) => days[at + 1]?.found.has(key) === false).map((key) => word("down", key)),
  );
  const back = (memory: number): string[] =>
    days.flatMap(({ found }, at) =>
      at === 0
        ? []
        : [...found]
            .filter((key) => !days.slice(Math.max(0, at - memory), at).some((day) => day.found.has(key)))
            .map((key) => word("recovered", key)),
    );
  return {
    ours: same(
      happened,
      days.flatMap(({ told }) => told),
    ),
    yesterday: same(happened, [...gone, ...back(1)]),
    threeDays: same(happened, back(3)),
  };
}

const word = (kind: PortEventKind, key: string): string => `${kind} ${key}`;
const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.toSorted().join() === b.toSorted().join();
