// What: a UDP scan with the kernel's own sockets.
// Idea: the same for everybody: unconnected sockets that keep ICMP errors need no rights, send on every device, and go
//   faster than UDP can be scanned. All decisions are the sweep's; here are only the clock, the sockets and the bytes.
// Trap: what comes back of UDP says little of the path, since errors are limited by those who send them. So the pace does
//   not follow the answers: without a word from the user it stays low.
// Source: nmap(1), "-sU"; bench/README.md, "udp".

import type { PortReason } from "../../model/port-state.ts";
import { answersFor } from "../../packet/udp-payloads.ts";
import type { Unavailable } from "../link/libc.ts";
import { openProbeSockets, udpKind, type MessageVisitor, type ProbeSockets } from "../link/probe-sockets.ts";
import { icmpReason } from "./icmp-reason.ts";
import { noRoute } from "./no-route.ts";
import { pace } from "./pace.ts";
import type { Scan, ScanListener, ScanSummary } from "./scan.ts";
import { numberTargets, type TargetNumbers } from "./target-set.ts";
import { askedOfHost, defaultRate, noRoom, questionsFor, udpFrameBytes } from "./udp-questions.ts";
import { udpSweep } from "./udp-sweep.ts";

const socketsPerFamily = 8;
/** Silent ports of one host that are named, as nmap does; of more only the number is told. */
const namedMax = 25;
const patienceUsualMs = 300_000;
const turnMs = 1;
const tellEveryMs = 250;
const burstMax = 512;
/** The kernel gives up neighbours that do not resolve after 3 s, and their memory with them. */
const heldMsMax = 5_000;
/** Fragmentation needed (RFC 792) and packet too big (RFC 4443) say nothing of a port. */
const tooBig = { 4: { type: 3, code: 4 }, 6: { type: 2, code: 0 } } as const;
/** ENETUNREACH, EHOSTUNREACH: it knows no way. */
const noWay = new Set([101, 113]);

/**
 * `unavailable` when no address has a route; a reason in words where the kernel gives no sockets. `patienceMs`: so long
 * hosts that limit their errors are asked on.
 */
export async function udpScan(
  scan: Scan,
  listener: ScanListener,
  signal: AbortSignal,
  patienceMs = patienceUsualMs,
): Promise<ScanSummary | Unavailable> {
  const targets = numberTargets(scan.targets);
  const sockets = await openFamilies(targets, scan.device);
  if ("unavailable" in sockets) return sockets;
  try {
    return await run({ scan, listener, signal, patienceMs }, targets, sockets);
  } finally {
    for (const opened of [sockets[4], sockets[6]]) opened?.close();
  }
}

type Families = Partial<Record<4 | 6, ProbeSockets>>;

async function openFamilies(targets: TargetNumbers, device: string | null): Promise<Families | Unavailable> {
  const families: Families = {};
  for (const family of [4, 6] as const) {
    if ((family === 4 ? targets.ipv4Size : targets.size - targets.ipv4Size) === 0) continue;
    const opened = await openProbeSockets(udpKind(family), socketsPerFamily, device);
    if ("unavailable" in opened) {
      families[4]?.close();
      return opened;
    }
    families[family] = opened;
  }
  return families;
}

interface Order {
  readonly scan: Scan;
  readonly listener: ScanListener;
  readonly signal: AbortSignal;
  readonly patienceMs: number;
}

async function run(
  { scan, listener, signal, patienceMs }: Order,
  targets: TargetNumbers,
  sockets: Families,
): Promise<ScanSummary> {
  const { clock, udpPorts } = scan;
  const sweep = udpSweep(
    {
      hosts: targets.size,
      ports: udpPorts,
      seed: Math.floor(scan.random() * 2 ** 32),
      missTarget: scan.missTarget,
      patienceMs,
    },
    (host, port) =>
      listener.found({
        address: targets.textAt(host),
        transport: "udp",
        port,
        state: "open",
        reason: "udp-response",
      }),
  );
  const speed = datagramPace(scan, targets);
  const opened = [sockets[4], sockets[6]].filter((each) => each !== undefined);
  const left = new Set<number>();
  const probe = { host: 0, port: 0 };
  let heldMs: number | undefined;
  let [probes, bytes, refused, answers, turns] = [0, 0, 0, 0, 0];
  const startMs = clock.monotonicMs();
  let nowMs = startMs;

  const visit: MessageVisitor = (message, name, payload) => {
    const { family, icmpType, icmpCode } = message;
    const host =
      family === 4 ? targets.indexOfIpv4(message.address) : targets.indexOfIpv6(name, message.addressAt);
    if (host < 0) return;
    const isAnswer = icmpType < 0;
    if (icmpType === tooBig[family].type && icmpCode === tooBig[family].code) return;
    const port = isAnswer && !sweep.has(message.port) ? answersFor(payload) : message.port;
    const reason: PortReason = isAnswer ? "udp-response" : icmpReason(family, icmpType, icmpCode);
    if (port >= 0 && sweep.answered(host, port, reason, message.fromTarget, nowMs)) answers += 1;
  };
  const receive = (): void => {
    for (const each of opened) each.receive(visit);
  };

  /** False: the kernel has no room just now, and what was not sent is to be sent again. */
  const ask = (host: number, port: number): boolean => {
    const family = host < targets.ipv4Size ? 4 : 6;
    const address = targets.bytesAt(host);
    for (const question of questionsFor(port)) {
      const failure =
        sockets[family]?.send((host + port + turns) % socketsPerFamily, address, port, question) ?? 0;
      if (noRoom.has(failure)) return false;
      if (noWay.has(failure)) {
        left.add(host);
        sweep.leave(host);
        return true;
      }
      if (failure !== 0) refused += 1;
      probes += 1;
      bytes += udpFrameBytes(family, question);
      speed.spent(1);
    }
    return true;
  };

  const send = (): void => {
    let allowed = Math.min(burstMax, speed.allowance(nowMs));
    while (allowed > 0) {
      if (heldMs === undefined && !sweep.next(probe, nowMs)) return;
      if (!ask(probe.host, probe.port)) {
        heldMs ??= nowMs;
        if (nowMs - heldMs < heldMsMax) return;
        refused += 1;
      }
      heldMs = undefined;
      allowed -= questionsFor(probe.port).length;
    }
  };

  const tell = (): void =>
    listener.progress({
      ...sweep.progress(),
      probes,
      bytes,
      packetsPerSecond: (probes * 1_000) / Math.max(1, nowMs - startMs),
      drops: opened.reduce((sum, each) => sum + each.drops(), 0),
      elapsedMs: nowMs - startMs,
      opensAtMs: null,
    });

  let toldMs = startMs;
  for (;;) {
    nowMs = clock.monotonicMs();
    turns += 1;
    receive();
    if (signal.aborted || sweep.isDone(nowMs)) break;
    send();
    if (nowMs - toldMs >= tellEveryMs) {
      tell();
      toldMs = nowMs;
    }
    await new Promise((resolve) => setTimeout(resolve, turnMs));
  }
  if (left.size === targets.size) throw noRoute(scan.device);
  if (signal.aborted) sweep.stop();
  tell();
  const unsure = tellHosts(scan, listener, targets, sweep, !signal.aborted);
  const { open, closed, filtered, loss, recall } = sweep.progress();
  return {
    engine: "udp",
    probes,
    bytes,
    answers,
    drops: opened.reduce((sum, each) => sum + each.drops(), 0),
    refused,
    durationMs: nowMs - startMs,
    open,
    closed,
    filtered,
    openFiltered: sweep.silent,
    unsure,
    loss,
    recall,
    unreachable: left.size,
    blocked: null,
    complete: !signal.aborted,
  };
}

/** In datagrams of the usual length: an allowance in bytes would never save up for the longest. */
function datagramPace({ speed, udpPorts }: Scan, { ipv4Size }: TargetNumbers): ReturnType<typeof pace> {
  const asked = askedOfHost(ipv4Size > 0 ? 4 : 6, udpPorts);
  return pace({ ...defaultRate(speed), probeBytes: asked.bytes / Math.max(1, asked.packets) });
}

/** Of each host that answered anything: its numbers, few silent ports by name, and what it could not answer. */
function tellHosts(
  { udpPorts }: Scan,
  listener: ScanListener,
  targets: TargetNumbers,
  sweep: ReturnType<typeof udpSweep>,
  complete: boolean,
): number {
  let unsure = 0;
  for (let host = 0; host < targets.size; host += 1) {
    const tally = sweep.tallyOf(host);
    if (tally.silent === udpPorts.length) continue;
    const address = targets.textAt(host);
    const named = complete && tally.silent <= namedMax ? sweep.silentPorts(host, namedMax) : [];
    for (const port of named) {
      listener.found({ address, transport: "udp", port, state: "open|filtered", reason: "no-response" });
    }
    const doubtful = sweep.unsureOf(host);
    if (doubtful > 0) listener.errorsLimited(address, doubtful);
    unsure += doubtful;
    listener.host(address, { ...tally, silent: tally.silent - named.length, complete }, "udp");
  }
  return unsure;
}
