// What: which addresses answer an ICMP echo request.
// Idea: by raw sockets where they are allowed, else by the kernel's ping sockets, where an administrator allows those.
// Trap: many hosts and firewalls answer none: silence says nothing.
// Source: icmp(7), net.ipv4.ping_group_range; RFC 1122 §3.2.2.6.

import { echoFrameBytes, echoRequest, isEchoReply, tokenBytes } from "../../packet/echo.ts";
import { openProbeSockets, type ProbeSockets } from "../link/probe-sockets.ts";
import { pace } from "./pace.ts";
import { permutation } from "./permutation.ts";
import type { Scan } from "./scan.ts";
import { numberTargets, type TargetNumbers } from "./target-set.ts";
import { defaultRate, noRoom } from "./udp-questions.ts";

export const echoTries = 2;
/** For an answer to the last request of a pass. */
const waitMs = 1_000;
const turnMs = 1;
const burstMax = 512;
const protocols = { 4: 1, 6: 58 } as const;
const socketTypes = { datagram: 2, raw: 3 } as const;

interface EchoSockets {
  readonly sockets: ProbeSockets;
  /** Of IPv4, a raw socket hands over the IP header. */
  readonly hasIp: boolean;
  readonly request: Uint8Array;
}

export interface EchoOutcome {
  readonly probes: number;
  readonly bytes: number;
  /** Families of which no request could be sent. */
  readonly notAllowed: readonly (4 | 6)[];
}

/** Tells of each address, by its number, once. */
export async function echoSweep(
  scan: Scan,
  alive: (host: number) => void,
  signal: AbortSignal,
): Promise<EchoOutcome> {
  const targets = numberTargets(scan.targets);
  const token = Uint8Array.from({ length: tokenBytes }, () => Math.floor(scan.random() * 256));
  const families: Partial<Record<4 | 6, EchoSockets>> = {};
  const notAllowed: (4 | 6)[] = [];
  for (const family of [4, 6] as const) {
    if ((family === 4 ? targets.ipv4Size : targets.size - targets.ipv4Size) === 0) continue;
    const opened = await openEcho(family, scan.device, token);
    if (opened === undefined) notAllowed.push(family);
    else families[family] = opened;
  }
  try {
    return { ...(await sweep(scan, targets, families, token, alive, signal)), notAllowed };
  } finally {
    for (const opened of [families[4], families[6]]) opened?.sockets.close();
  }
}

async function openEcho(
  family: 4 | 6,
  device: string | null,
  token: Uint8Array,
): Promise<EchoSockets | undefined> {
  for (const type of [socketTypes.raw, socketTypes.datagram]) {
    const sockets = await openProbeSockets({ family, type, protocol: protocols[family] }, 1, device);
    if ("unavailable" in sockets) continue;
    const hasIp = family === 4 && type === socketTypes.raw;
    return { sockets, hasIp, request: echoRequest(family, token) };
  }
  return undefined;
}

async function sweep(
  { clock, random, speed }: Scan,
  targets: TargetNumbers,
  families: Partial<Record<4 | 6, EchoSockets>>,
  token: Uint8Array,
  alive: (host: number) => void,
  signal: AbortSignal,
): Promise<{ probes: number; bytes: number }> {
  const order = permutation(targets.size, Math.floor(random() * 2 ** 32));
  const answered = new Uint8Array(targets.size);
  const opened = [families[4], families[6]].filter((each) => each !== undefined);
  const limit = pace({ ...defaultRate(speed), probeBytes: echoFrameBytes[targets.ipv4Size > 0 ? 4 : 6] });
  let [probes, bytes] = [0, 0];
  const receive = (): void => {
    for (const { sockets, hasIp } of opened) {
      sockets.receive((message, name, payload) => {
        const { family, icmpType } = message;
        const host =
          family === 4 ? targets.indexOfIpv4(message.address) : targets.indexOfIpv6(name, message.addressAt);
        if (host < 0 || icmpType >= 0 || answered[host] === 1 || !isEchoReply(payload, family, hasIp, token))
          return;
        answered[host] = 1;
        alive(host);
      });
    }
  };
  const turn = async (): Promise<number> => {
    receive();
    await new Promise((resolve) => setTimeout(resolve, turnMs));
    return clock.monotonicMs();
  };
  for (let tries = 0; tries < echoTries; tries += 1) {
    let [cursor, lastMs, nowMs] = [0, clock.monotonicMs(), clock.monotonicMs()];
    while (!signal.aborted && (cursor < targets.size || nowMs - lastMs < waitMs)) {
      let allowed = Math.min(burstMax, limit.allowance(nowMs));
      while (allowed > 0 && cursor < targets.size) {
        const host = order(cursor);
        const family = host < targets.ipv4Size ? 4 : 6;
        const echo = families[family];
        if (answered[host] === 0 && echo !== undefined) {
          if (noRoom.has(echo.sockets.send(0, targets.bytesAt(host), 0, echo.request))) break;
          limit.spent(1);
          allowed -= 1;
          probes += 1;
          bytes += echoFrameBytes[family];
          lastMs = nowMs;
        }
        cursor += 1;
      }
      nowMs = await turn();
    }
  }
  return { probes, bytes };
}
