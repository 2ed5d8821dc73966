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
const triesMax = 2;
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
  const later: Attempt[] = [];
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
    scan.speed.packetsPerSecond ?? Number.POSITIVE_INFINITY,
    (scan.speed.bytesPerSecond ?? Number.POSITIVE_INFINITY) / connectBytes,
  );
  let wake: () => void = () => undefined;

  const settle = ({ pair, tries }: Attempt, outcome: Outcome): void => {
    const host = Math.floor(pair / ports.length);
    const port = ports[pair % ports.length] ?? 0;
    underWay -= 1;
    if (isFragile(port)) restsUntilMs.set(host, clock.monotonicMs() + fragileRestMs);
    wake();
    if (outcome === "again") return void later.push({ pair, tries });
    if (outcome === "no-response" && tries < triesMax) return void later.push({ pair, tries: tries + 1 });
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
      } else tally.filtered[outcome] = (tally.filtered[outcome] ?? 0) + 1;
    }
  };

  const start = (attempt: Attempt, host: number, port: number): void => {
    if (isFragile(port)) restsUntilMs.set(host, Number.POSITIVE_INFINITY);
    underWay += 1;
    probes += 1;
    const askedMs = clock.monotonicMs();
    connect(targets.textAt(host), port, scan.device, trips.waitMs(host), (outcome) => {
      if (outcome === "syn-ack" || outcome === "conn-refused")
        trips.sample(host, clock.monotonicMs() - askedMs, false);
      settle(attempt, outcome);
    });
  };

  const take = (): Attempt | undefined => {
    if (next < pairs) return { pair: order(next++), tries: 1 };
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

  const tell = (nowMs: number): void =>
    listener.progress({
      done: pairs === 0 ? 1 : (counts.open + counts.closed + counts.filtered) / pairs,
      pass: next < pairs ? 1 : 2,
      ...counts,
      loss: loss.share(),
      recall: 1 - loss.missed(triesMax) * (silent / Math.max(1, pairs)),
      probes,
      bytes: probes * connectBytes,
      packetsPerSecond: (probes * 1_000) / Math.max(1, nowMs - startMs),
      drops: 0,
      elapsedMs: nowMs - startMs,
    });

  let toldMs = startMs;
  for (;;) {
    const nowMs = clock.monotonicMs();
    if (nowMs - toldMs >= tellEveryMs) {
      tell(nowMs);
      toldMs = nowMs;
    }
    if (signal.aborted || (next >= pairs && later.length === 0 && underWay === 0)) break;
    const allowed = Math.ceil(((nowMs - startMs) * perSecond) / 1_000) - probes;
    startSome(Math.min(socketsAtOnce - underWay, allowed));
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
    if (tally.silent < ports.length) listener.host(targets.textAt(host), tally);
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
    recall: 1 - loss.missed(triesMax) * (silent / Math.max(1, pairs)),
    unreachable: 0,
    complete: !signal.aborted,
  };
}

function connect(
  address: string,
  port: number,
  device: string | null,
  waitMs: number,
  end: (outcome: Outcome) => void,
): void {
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
  socket.connect({
    host: device !== null && address.startsWith("fe80:") ? `${address}%${device}` : address,
    port,
  });
}
