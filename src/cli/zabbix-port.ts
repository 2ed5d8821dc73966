import { sleep } from "../agent/sleep.ts";
import type { Clock } from "../base/clock.ts";
import { PortolanError } from "../base/errors.ts";
import { showable } from "../base/text.ts";
import { connectionStates, type ConnectionCounts } from "../model/connection-counts.ts";
import type { Listener } from "../model/listener.ts";
import { agentItems } from "../sinks/zabbix/agent-items.ts";
import { allowListOf } from "../sinks/zabbix/allow-list.ts";
import { openPassiveListener, type PassiveListener } from "../sinks/zabbix/passive-listener.ts";
import { countStates } from "../sources/host/state-counts.ts";
import type { Say } from "./language/language.ts";
import { formatListen, listenAddress, type ListenAddress } from "./listen-address.ts";
import { holderAmong } from "./port-holder.ts";

/** Where an agent answers Zabbix, and whom. Both checked and canonical. */
export interface ZabbixPortOrder {
  readonly listen: string;
  readonly allow: readonly string[];
}

export interface ZabbixPortOptions {
  readonly order: ZabbixPortOrder;
  readonly version: string;
  readonly hostname: () => string;
  /** As of the last look. */
  readonly listeners: () => readonly Listener[];
  readonly ffi: boolean;
  readonly clock: Clock;
  readonly say: Say;
  readonly warn: (sentence: string) => void;
  readonly signal: AbortSignal;
  /** Between two tries to have the port, and between two looks at who was refused. */
  readonly againMs?: number;
}

const usualAgainMs = 30_000;

/**
 * Answers Zabbix until the signal. A port that cannot be had is told once for each reason and tried again: the agent
 * looks on meanwhile. Never rejects.
 */
export async function keepZabbixPort(options: ZabbixPortOptions): Promise<void> {
  const { order, say, warn, signal, againMs = usualAgainMs } = options;
  let told: string | null = null;
  while (!signal.aborted) {
    try {
      const port = await openPort(options);
      warn(say("zabbix.answers", { address: formatListen(port) }));
      await tellForbidden(port, options, againMs);
      await port.close();
    } catch (error) {
      const why = whyNoPort(error as Error, listenAddress(order.listen), options);
      if (why !== told) warn(say("zabbix.no-port", { seconds: againMs / 1_000, why }));
      told = why;
      await sleep(againMs, signal);
    }
  }
}

function openPort({ order, version, hostname, listeners, ffi, clock }: ZabbixPortOptions) {
  const facts = {
    version,
    hostname,
    connectionCounts: () => countsOrThrow(ffi),
    listeners: () => Promise.resolve(listeners()),
  };
  return openPassiveListener({
    ...listenAddress(order.listen),
    allow: allowListOf(order.allow),
    provide: agentItems(facts, clock),
  });
}

const everyState = new Set(connectionStates);

async function countsOrThrow(ffi: boolean): Promise<ConnectionCounts> {
  const counted = await countStates(everyState, { ffi });
  if ("unavailable" in counted) throw new PortolanError("unavailable", counted.unavailable);
  return counted.counts;
}

/** A server that is missing on the list sees only that nobody answers: here it is told, at most once in a while. */
async function tellForbidden(
  port: PassiveListener,
  { say, warn, signal }: ZabbixPortOptions,
  againMs: number,
): Promise<void> {
  let before = 0;
  while (!signal.aborted) {
    await sleep(againMs, signal);
    const count = port.counters.forbidden - before;
    if (count > 0) warn(say("zabbix.forbidden", { count, address: showable(port.lastForbidden ?? "?") }));
    before = port.counters.forbidden;
  }
}

function whyNoPort(error: Error, at: ListenAddress, { listeners, say }: ZabbixPortOptions): string {
  if (!(error instanceof PortolanError) || error.code !== "conflict") return showable(error.message);
  const here = listeners().filter(({ networkNamespace }) => networkNamespace === null);
  const holder = holderAmong(here, at) ?? say("up.holder-unknown");
  return say("up.port-in-use", { address: formatListen(at), holder });
}
