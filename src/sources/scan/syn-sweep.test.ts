import assert from "node:assert/strict";
import test from "node:test";
import { hostCeiling } from "./host-ceiling.ts";
import { pace } from "./pace.ts";
import { tickMs, ticks } from "./probe-cookie.ts";
import { synSweep } from "./syn-sweep.ts";
import { witnessOf, type Blocked, type Probe, type SweepProgress } from "./sweep.ts";

interface Network {
  readonly missTarget?: number;
  readonly hosts: number;
  readonly ports: number;
  readonly isOpen: (host: number, port: number) => boolean;
  /** Answers nothing where nobody listens. */
  readonly isSilent?: (host: number) => boolean;
  /** RSTs per second that a host sends; more are not sent. */
  readonly resets?: number;
  /** Share lost each way. */
  readonly loss?: number;
  readonly roundTripMs?: number;
  /** Packets per second that the path carries; more are dropped. */
  readonly capacity?: number;
  /** Nothing passes meanwhile. */
  readonly outage?: { readonly fromMs: number; readonly toMs: number };
  /** From then on nothing reaches this host; none: all of them. */
  readonly blocked?: { readonly fromMs: number; readonly host?: number };
  /** No host is asked more often in a second. */
  readonly perHost?: number;
  readonly hostTimeoutMs?: number;
  /** Must not be asked at this moment. */
  readonly isClosed?: (host: number, nowMs: number) => boolean;
  /** So often each answer of host 0 arrives. */
  readonly echoes?: number;
  readonly roundTripOf?: (host: number) => number;
  readonly rate?: number;
}

interface Outcome {
  readonly open: Set<string>;
  readonly everywhere: Set<number>;
  readonly probes: number;
  readonly ms: number;
  readonly progress: SweepProgress;
  readonly blocked: Blocked | null;
  /** Probes to one host in one second, of all hosts and seconds. */
  readonly perSecond: readonly number[];
  /** Of each host. */
  readonly complete: readonly boolean[];
}

/** A whole scan without a packet: sweep and pace against a network that is made up, in steps of a millisecond. */
function scan(network: Network, seed = 1): Outcome {
  const { hosts, ports, isOpen, isSilent, loss = 0, roundTripMs = 10, capacity, rate } = network;
  let state = seed * 7_919 + 1;
  const random = (): number => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b_3c6d) + 0x9e37_79b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 13), 0x297a_2d39);
    mixed ^= mixed >>> 16;
    return (mixed >>> 0) / 2 ** 32;
  };
  const open = new Set<string>();
  const everywhere = new Set<number>();
  let nowMs = 0;
  const sweep = synSweep(
    {
      hosts,
      ports: Uint16Array.from({ length: ports }, (_, index) => index + 1),
      seed,
      decoyPorts: Uint16Array.from({ length: 1_000 }, (_, index) => 50_000 + index),
      missTarget: network.missTarget ?? 0.001,
      ceiling:
        network.perHost === undefined
          ? null
          : hostCeiling(
              { perHost: network.perHost, perNetwork: null },
              Uint32Array.from({ length: hosts }, (_, host) => host),
            ),
      isClosed: network.isClosed === undefined ? null : (host) => network.isClosed?.(host, nowMs) === true,
      hostTimeoutMs: network.hostTimeoutMs ?? null,
    },
    {
      open: (host, port) => void open.add(`${host}:${port}`),
      settled: () => undefined,
      finished: () => undefined,
      othersAsked: () => speed.forget(),
      answersEverywhere(host) {
        everywhere.add(host);
        speed.forget();
      },
    },
  );
  const speed = pace({ bytesPerSecond: null, packetsPerSecond: rate ?? null, probeBytes: 58 });
  const answers = new Map<
    number,
    { readonly probe: Probe; readonly reason: "syn-ack" | "reset"; readonly tick: number }[]
  >();
  const resetsLeft = new Float64Array(hosts).fill(10);
  const perSecond = new Map<string, number>();
  const probe: Probe = { host: 0, port: 0, kind: 0, witness: 0 };
  let [probes, room] = [0, 0];
  for (; !sweep.isDone(nowMs); nowMs += 1) {
    assert.ok(nowMs < 3_600_000, "an hour is enough");
    for (const { probe: asked, reason, tick } of answers.get(nowMs) ?? []) {
      const isNew = sweep.answered(asked, reason, tick, Math.floor(roundTripMs / tickMs) * tickMs, nowMs);
      if (isNew) speed.answered(tick, witnessOf(asked.kind));
    }
    answers.delete(nowMs);
    if (network.resets !== undefined) {
      for (let host = 0; host < hosts; host += 1) {
        resetsLeft[host] = Math.min(network.resets / 10, (resetsLeft[host] ?? 0) + network.resets / 1_000);
      }
    }
    speed.judge(nowMs, sweep.waitMs());
    room = Math.min(100, room + (capacity ?? Number.POSITIVE_INFINITY) / 1_000);
    const tick = Math.floor(nowMs / tickMs) % ticks;
    let written = 0;
    const allowed = speed.allowance(nowMs);
    while (written < allowed && sweep.next(probe, nowMs, tick)) {
      written += 1;
      assert.ok(network.isClosed?.(probe.host, nowMs) !== true, "asked outside of its window");
      const second = `${probe.host} ${Math.floor(nowMs / 1_000)}`;
      perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
      speed.sent(tick, probe.witness);
      const { outage } = network;
      if (outage !== undefined && nowMs >= outage.fromMs && nowMs < outage.toMs) continue;
      const { blocked } = network;
      if (blocked !== undefined && nowMs >= blocked.fromMs && (blocked.host ?? probe.host) === probe.host)
        continue;
      if (room < 1) continue;
      room -= 1;
      if (random() < loss || random() < loss) continue;
      const answersOpen = isOpen(probe.host, probe.port);
      if (!answersOpen) {
        if (isSilent?.(probe.host) === true) continue;
        if (network.resets !== undefined) {
          if ((resetsLeft[probe.host] ?? 0) < 1) continue;
          resetsLeft[probe.host] = (resetsLeft[probe.host] ?? 0) - 1;
        }
      }
      const atMs = nowMs + (network.roundTripOf?.(probe.host) ?? roundTripMs);
      const list = answers.get(atMs) ?? [];
      for (let echo = probe.host === 0 ? (network.echoes ?? 1) : 1; echo > 0; echo -= 1) {
        list.push({ probe: { ...probe }, reason: answersOpen ? "syn-ack" : "reset", tick });
      }
      answers.set(atMs, list);
    }
    if (written < allowed) speed.rested();
    speed.spent(written);
    probes += written;
  }
  const complete = Array.from({ length: hosts }, (_, host) => sweep.tallyOf(host).complete);
  return {
    open,
    everywhere,
    probes,
    ms: nowMs,
    progress: sweep.progress(),
    blocked: sweep.blocked(),
    complete,
    perSecond: [...perSecond.values()],
  };
}

const oneInForty = (host: number, port: number): boolean => port <= 2_000 && (port * 31 + host) % 40 === 0;
const openOf = ({ hosts, ports, isOpen }: Network): number => {
  let count = 0;
  for (let host = 0; host < hosts; host += 1)
    for (let port = 1; port <= ports; port += 1) if (isOpen(host, port)) count += 1;
  return count;
};

test("without loss one pass finds everything, and asks hardly anything twice", () => {
  const network = { hosts: 8, ports: 2_000, isOpen: oneInForty };
  const { open, probes, progress } = scan(network);
  assert.equal(open.size, openOf(network));
  assert.ok(probes <= 1.06 * 16_000, `${probes}`);
  assert.equal(progress.recall, 1);
});

test("with loss only what was not answered is asked again, and hardly anything is missed", () => {
  for (const loss of [0.01, 0.02, 0.05, 0.1]) {
    const network = { hosts: 8, ports: 2_000, isOpen: oneInForty, loss };
    const { open, probes } = scan(network);
    assert.ok(open.size >= openOf(network) - 1, `${loss}: ${open.size}`);
    assert.ok(probes <= (1.06 + 3 * loss) * 16_000, `${loss}: ${probes}`);
  }
});

test("silent hosts are asked again only as often as the loss demands", () => {
  const network = { hosts: 8, ports: 2_000, isOpen: oneInForty, isSilent: () => true };
  const quiet = scan(network);
  assert.equal(quiet.open.size, openOf(network));
  assert.ok(quiet.probes <= 1.1 * 16_000, `${quiet.probes}`);
  const lossy = scan({ ...network, loss: 0.05 });
  assert.ok(lossy.open.size >= 0.998 * openOf(network), `${lossy.open.size}`);
  assert.ok(lossy.probes <= 4.2 * 16_000, `${lossy.probes}`);
  assert.ok(Math.abs((lossy.progress.loss ?? 0) - 0.0975) < 0.03, `${lossy.progress.loss}`);
});

test("a network that answers nothing at all is asked twice and no more", () => {
  const { probes } = scan({ hosts: 4, ports: 500, isOpen: () => false, isSilent: () => true });
  assert.equal(probes, 2 * 2_000);
});

test("a host that sends few RSTs is not taken for a bad path, and its open ports are found", () => {
  const network = { hosts: 1, ports: 4_000, isOpen: oneInForty, resets: 100, rate: 2_000 };
  const { open, probes } = scan(network);
  assert.equal(open.size, openOf(network));
  assert.ok(probes <= 2.2 * 4_000, `${probes}`);
});

test("a path that carries 2,000 packets a second is found and filled, without being told", () => {
  const network = { hosts: 1, ports: 20_000, isOpen: oneInForty, capacity: 2_000 };
  const { open, ms } = scan(network);
  assert.equal(open.size, openOf(network));
  assert.ok(ms < 13_500, `${ms} ms, 10,000 at best`);
});

test("a path to a silent host is not filled beyond what it carries, and what is open behind it is found", () => {
  const isOpen = (_: number, port: number): boolean => port % 327 === 100;
  for (const seed of [1, 2, 3]) {
    const network = { hosts: 1, ports: 65_535, isOpen, isSilent: () => true, capacity: 2_000 };
    const { open, probes, progress } = scan(network, seed);
    assert.ok(open.size >= 0.99 * openOf(network), `${open.size}`);
    assert.ok(probes <= 3.1 * 65_535, `${probes}`);
    assert.ok((progress.loss ?? 1) < 0.05, `${progress.loss}`);
  }
});

test("whoever creeps along a limit does not get used to what that loses", () => {
  const isOpen = (_: number, port: number): boolean => port % 327 === 100;
  for (const seed of [1, 2, 3]) {
    const network = { hosts: 1, ports: 65_535, isOpen, capacity: 2_000 };
    const { open, probes, ms, progress } = scan(network, seed);
    assert.equal(open.size, openOf(network));
    assert.ok(probes <= 1.06 * 65_535, `${probes}`);
    assert.ok(ms < 36_000, `${ms} ms, 33,000 at best`);
    assert.ok((progress.loss ?? 1) < 0.03, `${progress.loss}`);
  }
});

test("loss that has nothing to do with speed does not slow the scan down", () => {
  const network = { hosts: 4, ports: 20_000, isOpen: oneInForty, loss: 0.03 };
  const { ms } = scan(network);
  assert.ok(ms < 8_000, `${ms} ms`);
});

test("a host that answers on every port is told once, and costs little", () => {
  const network = {
    hosts: 3,
    ports: 20_000,
    isOpen: (host: number, port: number) => host === 1 || oneInForty(host, port),
  };
  const { everywhere, probes } = scan(network);
  assert.deepEqual([...everywhere], [1]);
  assert.ok(probes < 45_000, `${probes}`);
});

test("after an outage the speed comes back", () => {
  const network = { hosts: 4, ports: 20_000, isOpen: oneInForty, outage: { fromMs: 3_000, toMs: 3_600 } };
  const { ms, open } = scan(network);
  assert.equal(open.size, openOf(network));
  assert.ok(ms < 15_000, `${ms} ms`);
});

test("a host that answers everywhere and is left does not slow down the others", () => {
  const isOpen = (host: number): boolean => host === 0;
  const { ms, everywhere } = scan({
    hosts: 2,
    ports: 20_000,
    isOpen,
    isSilent: () => true,
    rate: 10_000,
    roundTripMs: 20,
  });
  assert.deepEqual([...everywhere], [0]);
  assert.ok(ms < 12_000, `${ms} ms`);
});

test("a host that answers each probe twenty times cannot stop the scan", () => {
  const network = { hosts: 8, ports: 5_000, isOpen: oneInForty, echoes: 20, rate: 5_000 };
  const { ms, open } = scan(network);
  assert.equal(open.size, openOf(network));
  assert.ok(ms < 15_000, `${ms} ms, 8,000 at best`);
});

test("a distant host is waited for beside a near one", () => {
  const roundTripOf = (host: number): number => (host === 0 ? 4 : 700);
  const { open } = scan({ hosts: 2, ports: 1, isOpen: (host) => host === 1, roundTripOf });
  assert.deepEqual([...open], ["1:1"]);
});

test("a scanner that is blocked midway is told, with the time, and what follows is not taken for looked at", () => {
  for (const isSilent of [() => false, () => true]) {
    const network = { hosts: 4, ports: 20_000, isOpen: oneInForty, isSilent, rate: 10_000, loss: 0.02 };
    const { blocked, complete, progress, ms } = scan({ ...network, blocked: { fromMs: 3_000 } });
    assert.equal(blocked?.all, true);
    assert.equal(blocked?.hosts, 4);
    assert.ok(Math.abs(blocked.sinceMs - 3_000) < 400, `${blocked.sinceMs}`);
    assert.deepEqual(complete, [false, false, false, false]);
    assert.ok(Math.abs((progress.recall ?? 0) - 0.375) < 0.05, `${progress.recall}`);
    assert.ok(ms < 40_000, `${ms}`);
  }
});

test("one host that stops answering is told, and delays nobody", () => {
  for (const isSilent of [() => false, () => true]) {
    const network = { hosts: 4, ports: 20_000, isOpen: oneInForty, isSilent, rate: 10_000, loss: 0.02 };
    const free = scan(network);
    const { blocked, complete, ms, open, progress } = scan({
      ...network,
      blocked: { fromMs: 3_000, host: 2 },
    });
    assert.equal(blocked?.all, false);
    assert.equal(blocked?.hosts, 1);
    assert.deepEqual(complete, [true, true, false, true]);
    const others = (found: Set<string>): number => [...found].filter((each) => !each.startsWith("2:")).length;
    assert.equal(others(open), others(free.open));
    assert.ok(ms < free.ms + 5_000, `${ms}, undisturbed ${free.ms}`);
    assert.ok((progress.loss ?? 1) < 0.08, `${progress.loss}`);
  }
});

test("an outage that ends is no blockade, and what was sent into it is asked again", () => {
  const network = { hosts: 4, ports: 20_000, isOpen: oneInForty, isSilent: () => true, rate: 10_000 };
  for (const toMs of [4_000, 9_000, 20_000]) {
    const { blocked, complete, open } = scan({ ...network, outage: { fromMs: 3_000, toMs } });
    assert.equal(blocked, null);
    assert.ok(complete.every(Boolean));
    assert.ok(open.size >= 0.999 * openOf(network), `${toMs}: ${open.size} of ${openOf(network)}`);
  }
});

test("no host is asked more often than its ceiling allows, and those below it are not delayed", () => {
  // Three hosts lose nothing; one answers nothing but its open ports, so a second pass would be all its own.
  const network = {
    hosts: 4,
    ports: 5_000,
    isOpen: oneInForty,
    rate: 20_000,
    loss: 0.05,
    perHost: 1_000,
    // Three passes, of 5 s each.
    missTarget: 0.01,
  };
  const { open, ms, complete, perSecond } = scan({ ...network, isSilent: (host) => host === 3 });
  assert.ok(Math.max(...perSecond) <= 1_040, `${Math.max(...perSecond)}`);
  assert.ok(open.size >= 0.98 * openOf(network));
  assert.ok(complete.every(Boolean));
  assert.ok(ms < 20_000, `${ms}`);
});

test("nothing is sent outside of a window, and all is found within", () => {
  const network = { hosts: 4, ports: 5_000, isOpen: oneInForty, rate: 10_000, loss: 0.02 };
  for (const isSilent of [() => false, () => true]) {
    for (const isClosed of [
      (_: number, nowMs: number) => nowMs % 4_000 >= 1_000,
      (host: number, nowMs: number) => host < 2 && nowMs < 9_000,
      (host: number, nowMs: number) => host === 0 && nowMs % 5_000 >= 2_000,
    ]) {
      const { open, complete, blocked } = scan({ ...network, isSilent, isClosed });
      assert.ok(open.size >= 0.98 * openOf(network), `${open.size}`);
      assert.ok(complete.every(Boolean));
      assert.equal(blocked, null);
    }
  }
});

test("a host that runs out of time keeps what was found, and is told as not looked at to the end", () => {
  const network = { hosts: 2, ports: 20_000, isOpen: oneInForty, rate: 5_000, hostTimeoutMs: 2_000 };
  const { open, complete, ms, blocked } = scan(network);
  assert.ok(open.size > 0 && open.size < 0.4 * openOf(network));
  assert.deepEqual(complete, [false, false]);
  assert.equal(blocked, null);
  assert.ok(ms < 4_000);
});

test("a host that is silent on purpose, one that sends few RSTs, and loss are no blockade", () => {
  const quiet = { hosts: 8, ports: 20_000, isSilent: () => true, rate: 20_000 };
  for (const network of [
    { ...quiet, isOpen: (_: number, port: number) => port === 77 },
    { ...quiet, isOpen: oneInForty, loss: 0.3 },
    { hosts: 2, ports: 5_000, isOpen: (_: number, port: number) => port === 7, resets: 50, rate: 4_000 },
    { hosts: 4, ports: 20_000, isOpen: oneInForty, capacity: 500, rate: 5_000 },
  ]) {
    const { blocked, complete } = scan(network);
    assert.equal(blocked, null);
    assert.ok(complete.every(Boolean));
  }
});

test("the pace keeps below what was given, whatever is refused, and finds back", () => {
  const slow = pace({ bytesPerSecond: null, packetsPerSecond: 1, probeBytes: 58 });
  slow.refused();
  for (let nowMs = 0; nowMs < 2_000; nowMs += 4) slow.judge(nowMs, 10);
  assert.ok(slow.packetsPerSecond() <= 1);
  const indebted = pace({ bytesPerSecond: null, packetsPerSecond: 1_000, probeBytes: 58 });
  indebted.allowance(0);
  indebted.spent(1_000_000);
  assert.ok(indebted.allowance(100) > 0);
});
