// What a person does at Zabbix's frontend, by its API: import the template, add hosts, look at values and problems.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { connectionStates } from "../../src/model/connection-counts.ts";
import type { Zabbix } from "./zabbix.ts";

interface Item {
  readonly itemid: string;
  readonly key_: string;
  readonly name: string;
  readonly lastclock: string;
  readonly lastvalue: string;
}

export interface Configuration {
  importTemplate(source: string): Promise<unknown>;
  /** Technical names of our templates. */
  templates(): Promise<readonly string[]>;
  /** Ids of all that our templates hold, by kind: history hangs on them. */
  inventory(): Promise<Readonly<Record<string, readonly string[]>>>;
  /** A host with one of our templates, asked on `port` of loopback. */
  addHost(
    name: string,
    port: number,
    template: string,
    macros: Readonly<Record<string, string>>,
  ): Promise<void>;
  /** Items of a host whose key holds that text. */
  items(host: string, key: string): Promise<readonly Item[]>;
  /** Values of all eleven states, once all have come. */
  states(host: string): Promise<Readonly<Record<string, number>>>;
  /** When the first numeric value came, in seconds since 1970. */
  firstValueAt(host: string): Promise<number>;
  /** The open problem of that name; undefined where there is none. */
  problem(host: string, name: RegExp): Promise<string | undefined>;
  /** Texts of an item in the order of their own times, once there are so many. */
  texts(host: string, key: string, count: number): Promise<readonly string[]>;
}

const stepMsMax = 40_000;
/** Items asked for once a minute are first asked within one. */
const shippedMsMax = 75_000;
const pollMs = 200;
const kinds = ["item", "trigger", "graph", "discoveryrule", "itemprototype", "triggerprototype"];
const importedKinds = ["groups", "templates", "items", "triggers", "graphs", "discoveryRules", "valueMaps"];

/** Asks again and again until there is something. */
export async function until<Value>(
  what: string,
  probe: () => Promise<Value | undefined> | Value | undefined,
  msMax = stepMsMax,
): Promise<Value> {
  const endMs = performance.now() + msMax;
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (performance.now() > endMs) assert.fail(`${what}: not within ${msMax} ms`);
    await sleep(pollMs);
  }
}

export async function configurationOf({ call }: Zabbix): Promise<Configuration> {
  const { groupids } = await call<{ groupids: string[] }>("hostgroup.create", { name: "Harbour" });
  const hostIds = new Map<string, string>();
  const templateIds = async (): Promise<ReadonlyMap<string, string>> => {
    const ask = { output: ["host"], search: { host: "Portolan " }, startSearch: true };
    const found = await call<{ host: string; templateid: string }[]>("template.get", ask);
    return new Map(found.map(({ host, templateid }) => [host, templateid]));
  };
  const items = (host: string, key: string): Promise<readonly Item[]> =>
    call("item.get", {
      hostids: hostIds.get(host),
      search: { key_: key },
      output: ["key_", "name", "lastclock", "lastvalue"],
    });

  return {
    items,
    importTemplate(source) {
      const rule = { createMissing: true, updateExisting: true };
      const rules = Object.fromEntries(importedKinds.map((kind) => [kind, rule]));
      return call("configuration.import", { format: "yaml", source, rules });
    },
    templates: async () => [...(await templateIds()).keys()].sort(),
    async inventory() {
      const found: Record<string, readonly string[]> = {};
      const templateids = [...(await templateIds()).values()];
      for (const kind of kinds) {
        const ask = { templateids, output: [], preservekeys: true };
        found[kind] = Object.keys(await call<object>(`${kind}.get`, ask)).sort();
      }
      return found;
    },
    async addHost(name, port, template, macros) {
      const { hostids } = await call<{ hostids: string[] }>("host.create", {
        host: name,
        groups: groupids.map((groupid) => ({ groupid })),
        interfaces: [{ type: 1, main: 1, useip: 1, ip: "127.0.0.1", dns: "", port: String(port) }],
        templates: [{ templateid: (await templateIds()).get(template) }],
        macros: Object.entries(macros).map(([macro, value]) => ({ macro, value })),
      });
      hostIds.set(name, hostids[0] ?? "");
    },
    states: (host) =>
      until(`states of ${host}`, async () => {
        const known = (await items(host, "tcp.status[")).filter(({ lastclock }) => lastclock !== "0");
        if (known.length < connectionStates.length) return undefined;
        return Object.fromEntries(
          known.map(({ key_, lastvalue }) => [key_.replace(/^.*\[(.*)\]$/, "$1"), Number(lastvalue)]),
        );
      }),
    firstValueAt: (host) =>
      until(
        `a value of ${host}`,
        async () => {
          const hostids = hostIds.get(host);
          const ask = { hostids, history: 3, sortfield: ["clock"], limit: 1, output: ["clock"] };
          const [row] = await call<{ clock: string }[]>("history.get", ask);
          return row === undefined ? undefined : Number(row.clock);
        },
        shippedMsMax,
      ),
    async problem(host, name) {
      const ask = { hostids: hostIds.get(host), output: ["name"] };
      const problems = await call<{ name: string }[]>("problem.get", ask);
      return problems.find((problem) => name.test(problem.name))?.name;
    },
    async texts(host, key, count) {
      const itemids = (await items(host, key)).map(({ itemid }) => itemid);
      const ask = { itemids, history: 4, output: ["value", "clock", "ns"] };
      const rows = await until(`${count} texts`, async () => {
        const found = await call<{ value: string; clock: string; ns: string }[]>("history.get", ask);
        return found.length >= count ? found : undefined;
      });
      return rows
        .toSorted((a, b) => Number(a.clock) - Number(b.clock) || Number(a.ns) - Number(b.ns))
        .map(({ value }) => value);
    },
  };
}
