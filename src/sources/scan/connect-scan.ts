// What: a scan by ordinary connections, for those who may not send raw packets.
// Idea: so many connections at once as there are descriptors; each is closed with a reset as soon as it stands, so that
//   nothing lingers on either side. The order is the SYN scan's, so no host gets more than its share.
// Trap: the kernel repeats a SYN after a second: who waits less than that tries once. A printer or a controller is
//   spoken to by one connection at a time, and never gets a byte.
// Source: connect(2); RFC 9293 §3.10.

import { Socket } from "node:net";
import type { PortReason } from "../../model/port-state.ts";
import { isFragile } from "./fragile-ports.ts";
import { lossEstimate } from "./loss-estimate.ts";
import { permutation } from "./permutation.ts";
import { roundTrips } from "./round-trip.ts";
import type { Scan, ScanListener, ScanSummary } from "./scan.ts";
import { numberTargets } from "./target-set.ts";

const socketsAtOnce = 1_000;
/** SYN, ACK and RST of one connection, as frames. */
const connectBytes = 74 + 66 + 54;
const connectPackets = 3;
/** Allowance that was not used is kept for so long. */
const savedMs = 100;
const triesMax = 2;
const putsMax = 1_000;
/** Such a device is slow to notice that a connection is gone. */
const fragileRestMs = 250;
const tellEveryMs = 250;
/** Let go so often, so that waiting connections are looked at. */
const turnMs = 2;

const reasons: Readonly<Record<string, PortReason>> = {
  ECONNREFUSED: "conn-refused",
  ECONNRESET: "reset",
  EHOSTUNREACH: "host-unreach",
  ENETUNREACH: "net-unreach",
  EACCES: "admin-prohibited",
  EPERM: "admin-prohibited",
};
/** Our own descriptors or ports have run out: it says nothing of the other side. */
const ownFailures = new Set(["EMFILE", "ENFILE", "EADDRNOTAVAIL", "ENOBUFS", "EAGAIN"]);

type Outcome = PortReason | "again";

interface Attempt {
  readonly pair: number;
  readonly tries: number;
  /** How often our own means ran out over it. */
  readonly put: number;
}

export async function connectScan(
  scan: Scan,
  listener: ScanListener,
  signal: AbortSignal,
): Promise<ScanSummary> {
  const { clock, ports } = scan;
  const targets = numberTargets(scan.targets);
  const pairs = targets.size * ports.length;
  const order = permutation(pairs, Math.floor(scan.random() * 2 ** 32));
  const trips = roundTrips(targets.size);
  const loss = lossEstimate(targets.size);
  const later = queue<Attempt>();
  /** Hosts that one of these connections goes to, or has just left: until when they rest. */
  const restsUntilMs = new Map<number, number>();
  const counts = { open: 0, closed: 0, filtered: 0 };
  const tallies = Array.from({ length: targets.size }, () => ({
    open: 0,
    closed: 0,
    filtered: {} as Partial<Record<PortReason, number>>,
    silent: 0,
  }));
  let [next, underWay, probes, silent] = [0, 0, 0, 0];
  const startMs = clock.monotonicMs();
  const perSecond = Math.min(
    (scan.speed.packetsPerSecond ?? Number.POSITIVE_INFINITY) / connectPackets,
    (scan.speed.bytesPerSecond ?? Number.POSITIVE_INFINITY) / connectBytes,
  );
  let wake: () => void = () => undefined;

  const settle = ({ pair, tries, put }: Attempt, outcome: Outcome): void => {
    const host = Math.floor(pair / ports.length);
    const port = ports[pair % ports.length] ?? 0;
    underWay -= 1;
    // What was refused was no connection, and hurt nobody.
    if (isFragile(port))
      restsUntilMs.set(host, outcome === "conn-refused" ? 0 : clock.monotonicMs() + fragileRestMs);
    wake();
    // With nothing else under way our own means have not run out: it is the other side that is out of reach.
    if (outcome === "again" && underWay > 0 && put < putsMax) {
      return later.push({ pair, tries, put: put + 1 });
    }
    if (outcome === "no-response" && tries < triesMax) return later.push({ pair, tries: tries + 1, put });
    const tally = tallies[host];
    if (tally === undefined) return;
    if (outcome === "syn-ack") {
      counts.open += 1;
      tally.open += 1;
      loss.answered(host, tries - 1);
      listener.found({
        address: targets.textAt(host),
        transport: "tcp",
        port,
        state: "open",
        reason: outcome,
      });
    } else if (outcome === "conn-refused" || outcome === "reset") {
      counts.closed += 1;
      tally.closed += 1;
      loss.answered(host, tries - 1);
    } else {
      counts.filtered += 1;
      if (outcome === "no-response") {
        silent += 1;
        tally.silent += 1;
      } else {
        const reason = outcome === "again" ? "unreachable" : outcome;
        tally.filtered[reason] = (tally.filtered[reason] ?? 0) + 1;
      }
    }
  };

  const start = (attempt: Attempt, host: number, port: number): void => {
    if (isFragile(port)) restsUntilMs.set(host, Number.POSITIVE_INFINITY);
    underWay += 1;
    probes += 1;
    const askedMs = clock.monotonicMs();
    connect(targets.textAt(host), port, trips.waitMs(host), (outcome) => {
      if (outcome === "syn-ack" || outcome === "conn-refused")
        trips.sample(host, clock.monotonicMs() - askedMs, false);
      settle(attempt, outcome);
    });
  };

  const take = (): Attempt | undefined => {
    if (next < pairs) return { pair: order(next++), tries: 1, put: 0 };
    return later.shift();
  };

  const startSome = (count: number): void => {
    for (let turn = 0; turn < count; turn += 1) {
      const attempt = take();
      if (attempt === undefined) return;
      const host = Math.floor(attempt.pair / ports.length);
      const port = ports[attempt.pair % ports.length] ?? 0;
      const isBusy = isFragile(port) && (restsUntilMs.get(host) ?? 0) > clock.monotonicMs();
      if (isBusy) later.push(attempt);
      else start(attempt, host, port);
    }
  };

  /** What was never asked counts as missed. */
  const recall = (): number | null => {
    const settled = counts.open + counts.closed + counts.filtered;
    return settled === 0 ? null : (settled - loss.missed(triesMax) * silent) / pairs;
  };

  const tell = (nowMs: number): void =>
    listener.progress({
      done: pairs === 0 ? 1 : (counts.open + counts.closed + counts.filtered) / pairs,
      pass: next < pairs ? 1 : 2,
      ...counts,
      loss: loss.share(),
      recall: recall(),
      probes,
      bytes: probes * connectBytes,
      packetsPerSecond: (probes * 1_000) / Math.max(1, nowMs - startMs),
      drops: 0,
      opensAtMs: null,
      elapsedMs: nowMs - startMs,
    });

  let [toldMs, lastMs, saved] = [startMs, startMs, 1];
  for (;;) {
    const nowMs = clock.monotonicMs();
    if (nowMs - toldMs >= tellEveryMs) {
      tell(nowMs);
      toldMs = nowMs;
    }
    if (signal.aborted || (next >= pairs && later.length === 0 && underWay === 0)) break;
    const earned = Number.isFinite(perSecond) ? ((nowMs - lastMs) * perSecond) / 1_000 : socketsAtOnce;
    saved = Math.min(saved + earned, Math.max(1, (perSecond * savedMs) / 1_000));
    lastMs = nowMs;
    const before = probes;
    startSome(Math.min(socketsAtOnce - underWay, Math.floor(saved)));
    saved -= probes - before;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, turnMs);
      wake = () => {
        clearTimeout(timer);
        setImmediate(resolve);
      };
    });
  }
  loss.retried();
  for (const [host, tally] of tallies.entries()) {
    const asked = Object.values(tally.filtered).reduce(
      (sum, count) => sum + count,
      tally.open + tally.closed + tally.silent,
    );
    if (tally.silent < ports.length)
      listener.host(targets.textAt(host), { ...tally, complete: asked === ports.length });
  }
  const endMs = clock.monotonicMs();
  tell(endMs);
  return {
    engine: "connect",
    probes,
    bytes: probes * connectBytes,
    answers: counts.open + counts.closed,
    drops: 0,
    refused: 0,
    durationMs: endMs - startMs,
    ...counts,
    loss: loss.share(),
    recall: recall(),
    unreachable: 0,
    blocked: null,
    complete: !signal.aborted,
  };
}

/** First in, first out, at a cost that does not grow with its length. */
function queue<Item>() {
  let items: Item[] = [];
  let head = 0;
  return {
    get length() {
      return items.length - head;
    },
    push: (item: Item): void => void items.push(item),
    shift(): Item | undefined {
      const item = items[head];
      if (head < items.length) head += 1;
      if (head > 1_024 && head * 2 > items.length) {
        items = items.slice(head);
        head = 0;
      }
      return item;
    },
  };
}

function connect(address: string, port: number, waitMs: number, end: (outcome: Outcome) => void): void {
  const socket = new Socket();
  let ended = false;
  const finish = (outcome: Outcome): void => {
    if (ended) return;
    ended = true;
    clearTimeout(timer);
    // A reset leaves nothing behind, here or there; what is fragile is left as politely as can be.
    if (outcome === "syn-ack" && !isFragile(port)) socket.resetAndDestroy();
    else socket.destroy();
    end(outcome);
  };
  const timer = setTimeout(() => finish("no-response"), waitMs);
  socket.on("connect", () => finish("syn-ack"));
  socket.on("error", ({ code = "" }: NodeJS.ErrnoException) =>
    finish(ownFailures.has(code) ? "again" : (reasons[code] ?? "unreachable")),
  );
  socket.connect({ host: address, port });
}
