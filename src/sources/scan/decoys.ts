// What: hosts with an open port are asked for ports that nobody offers.
// Idea: who answers those as well answers everywhere: what it seems to offer means nothing.
// Trap: one of them may be open by chance; two are not. Each counts once.

import { randomSequence } from "./random-sequence.ts";

const decoysPerHost = 3;
const decoysOpenMax = 1;

export interface Decoys {
  /** Only the first time. */
  ask(host: number): void;
  /** The first whose host may be asked now. */
  next(
    nowMs: number,
    isClosed: (host: number) => boolean,
  ): { readonly host: number; readonly port: number } | undefined;
  /** Whether this answer made the host one that answers everywhere. */
  answered(host: number, port: number, isOpen: boolean): boolean;
  isEverywhere(host: number): boolean;
  /** Hosts whose questions went out before that moment, each told once. */
  askedBefore(ms: number): number[];
  /** What a former run found out: it was asked, and does or does not answer everywhere. */
  restore(host: number, isEverywhere: boolean): void;
}

export function decoys(seed: number, ports: Uint16Array): Decoys {
  const waiting: { readonly host: number; readonly port: number; readonly isLast: boolean }[] = [];
  const open = new Map<number, Set<number>>();
  const everywhere = new Set<number>();
  const restored = new Set<number>();
  let sent: { readonly host: number; readonly ms: number }[] = [];
  const random = randomSequence(seed);
  const randomPort = (): number => ports[Math.floor(random() * ports.length)] ?? 0;
  return {
    ask(host) {
      if (open.has(host) || restored.has(host) || ports.length === 0) return;
      open.set(host, new Set());
      for (let count = 1; count <= decoysPerHost; count += 1)
        waiting.push({ host, port: randomPort(), isLast: count === decoysPerHost });
    },
    next(nowMs, isClosed) {
      if (waiting.length === 0) return undefined;
      let decoy = waiting.shift();
      while (decoy !== undefined && restored.has(decoy.host)) decoy = waiting.shift();
      if (decoy !== undefined && isClosed(decoy.host)) {
        waiting.push(decoy);
        return undefined;
      }
      if (decoy?.isLast === true) sent.push({ host: decoy.host, ms: nowMs });
      return decoy;
    },
    answered(host, port, isOpen) {
      if (!isOpen || everywhere.has(host)) return false;
      const answers = open.get(host);
      answers?.add(port);
      if ((answers?.size ?? 0) <= decoysOpenMax) return false;
      everywhere.add(host);
      return true;
    },
    isEverywhere: (host) => everywhere.has(host),
    askedBefore(ms) {
      const hosts = sent.filter((each) => each.ms < ms).map(({ host }) => host);
      sent = sent.filter((each) => each.ms >= ms);
      return hosts;
    },
    restore(host, isEverywhere) {
      restored.add(host);
      if (isEverywhere) everywhere.add(host);
    },
  };
}
