// What: the items that Zabbix may ask of us.
// Idea: a table of names; what costs a look at the kernel is looked at once for all items of one moment.
// Trap: a server asks for all eleven states within a second, from several pollers at once. An item of a state that no
//   socket is in is 0: nothing, and Zabbix would call the item not supported.
// Source: the keys `tcp.status[*]` as they stand in agents' UserParameter lines; Zabbix manual, "Zabbix agent items".

import type { Clock } from "../../base/clock.ts";
import { connectionStates, type ConnectionCounts } from "../../model/connection-counts.ts";
import { connectionStateOf } from "../../model/connection-state.ts";
import { endpointKey, tryParseEndpointKey } from "../../model/endpoint.ts";
import type { Listener } from "../../model/listener.ts";
import type { ItemValue } from "../../packet/zabbix-passive.ts";
import { discoveryOf } from "./port-discovery.ts";
import type { ItemProvider } from "./passive-listener.ts";

/** What the items are made of. */
export interface HostFacts {
  readonly version: string;
  hostname(): string;
  connectionCounts(): Promise<ConnectionCounts>;
  listeners(): Promise<readonly Listener[]>;
}

/** Items asked for within this time share one look, */
export const lookKeptMs = 1_000;
/** and those within so many times what the look took: looks cost at most one part in so many of a core. */
export const restFactor = 50;

type Item = (parameters: readonly string[]) => Promise<ItemValue>;

/** The provider of a passive listener: `tcp.status[…]`, `tcp.status.get`, ports and what every agent has. */
export function agentItems(facts: HostFacts, clock: Clock): ItemProvider {
  const counts = shared(() => facts.connectionCounts(), clock);
  const ports = shared(async () => {
    const listeners = await facts.listeners();
    return { listeners, keys: new Set(listeners.map(endpointKey)) };
  }, clock);

  const items: Readonly<Record<string, Item>> = {
    "agent.ping": () => Promise.resolve({ value: "1" }),
    "agent.version": () => Promise.resolve({ value: facts.version }),
    "agent.hostname": () => Promise.resolve({ value: facts.hostname() }),
    "tcp.status": async ([spelling = ""]) => {
      const state = connectionStateOf(spelling.trim());
      if (state === undefined) return { unsupported: `A state is one of ${connectionStates.join(", ")}.` };
      return { value: String((await counts())[state]) };
    },
    "tcp.status.get": async () => ({ value: JSON.stringify({ counts: await counts() }) }),
    "portolan.ports.discovery": async () => ({ value: discoveryOf((await ports()).listeners) }),
    "portolan.port.listening": async ([text = ""]) => {
      const endpoint = tryParseEndpointKey(text);
      if (endpoint === undefined) return { unsupported: "An endpoint is written as tcp/192.0.2.1:22." };
      return { value: (await ports()).keys.has(endpointKey(endpoint)) ? "1" : "0" };
    },
  };
  return async (name, parameters) => {
    const item = Object.hasOwn(items, name) ? items[name] : undefined;
    return item === undefined ? { unsupported: "Unsupported item key." } : item(parameters);
  };
}

/** One call for all who ask while it runs and shortly after; one that fails is not kept. */
function shared<Value>(look: () => Promise<Value>, clock: Clock): () => Promise<Value> {
  let kept: { readonly value: Promise<Value>; untilMs: number } | null = null;
  return () => {
    const startMs = clock.monotonicMs();
    if (kept !== null && startMs < kept.untilMs) return kept.value;
    const taken = { value: look(), untilMs: Infinity };
    kept = taken;
    taken.value.then(
      () => (taken.untilMs = startMs + Math.max(lookKeptMs, (clock.monotonicMs() - startMs) * restFactor)),
      () => {
        if (kept === taken) kept = null;
      },
    );
    return taken.value;
  };
}
