// The Zabbix template, as a file that servers from 6.0 on import: three templates, each in two languages.
// Technical names, keys and ids never change between versions: an import over an older one updates it in place.
import { createHash } from "node:crypto";
import { stringify } from "yaml";
import { connectionStates, type ConnectionState } from "../src/model/connection-counts.ts";
import { countsItemKey } from "../src/sinks/zabbix/counts-item.ts";
import { languages, type Words } from "./zabbix-words.ts";

type Entry = Readonly<Record<string, unknown>>;

/** An id of version 4 in form, as the import demands, and the same for the same name. */
function uuid(name: string): string {
  const hex = createHash("sha256").update(`portolan zabbix ${name}`).digest("hex");
  return `${hex.slice(0, 12)}4${hex.slice(13, 16)}8${hex.slice(17, 32)}`;
}

const group = "Templates/Portolan";
const stateKey = (state: ConnectionState): string => `tcp.status[${state}]`;
const masterKey = "tcp.status.get";

const stateMacros: Readonly<Record<string, string>> = {
  "{$PORTOLAN.INTERVAL}": "1m",
  "{$PORTOLAN.NODATA}": "5m",
  "{$PORTOLAN.WINDOW}": "5m",
  "{$PORTOLAN.SYN.RECEIVED.MAX}": "5",
  "{$PORTOLAN.SYN.SENT.MAX}": "100",
  "{$PORTOLAN.CLOSE.WAIT.MIN}": "20",
  "{$PORTOLAN.CLOSE.WAIT.WINDOW}": "10m",
  "{$PORTOLAN.TIME.WAIT.MAX}": "20000",
};
const portMacros: Readonly<Record<string, string>> = {
  "{$PORTOLAN.DISCOVERY.INTERVAL}": "10m",
  "{$PORTOLAN.PORTS.MATCHES}": ".*",
  "{$PORTOLAN.PORTS.NOT_MATCHES}": "^udp/.*:(32[7-9][0-9]{2}|(3[3-9]|[4-6][0-9])[0-9]{3})(@.*)?$",
};

/** Colours that stay apart on light and dark, and for colour-blind eyes next to each other. */
const colours: Readonly<Record<ConnectionState, string>> = {
  LISTEN: "9E9E9E",
  "SYN-SENT": "B8860B",
  "SYN-RECEIVED": "D62728",
  ESTABLISHED: "2A9D5C",
  "FIN-WAIT-1": "7EB6FF",
  "FIN-WAIT-2": "3B7DD8",
  "CLOSE-WAIT": "E07A1F",
  CLOSING: "B07AA1",
  "LAST-ACK": "76B7B2",
  "TIME-WAIT": "1F4E79",
  CLOSED: "6B6B6B",
};
const beginOrEnd = connectionStates.filter(
  (state) => state !== "ESTABLISHED" && state !== "LISTEN" && state !== "CLOSED",
);

interface Condition {
  /** Stays, whatever becomes of the expression. */
  readonly id: string;
  readonly words: readonly [name: string, advice: string];
  readonly priority: "WARNING" | "AVERAGE" | "HIGH";
  readonly expression: string;
  /** Where it is not simply that the expression holds no more. */
  readonly recovery?: string;
}

/** What is judged of one state; `item` is written `/template/key`. */
function conditionsOf(state: ConnectionState, item: string, words: Words): readonly Condition[] {
  const lowest = `min(${item},{$PORTOLAN.CLOSE.WAIT.WINDOW})`;
  if (state === "SYN-RECEIVED")
    return [
      {
        id: "half-open",
        words: words.halfOpenTrigger,
        priority: "HIGH",
        expression: `min(${item},#3)>={$PORTOLAN.SYN.RECEIVED.MAX}`,
        recovery: `max(${item},#3)<{$PORTOLAN.SYN.RECEIVED.MAX}`,
      },
    ];
  if (state === "SYN-SENT")
    return [
      {
        id: "unanswered",
        words: words.sentTrigger,
        priority: "AVERAGE",
        expression: `min(${item},{$PORTOLAN.WINDOW})>={$PORTOLAN.SYN.SENT.MAX}`,
      },
    ];
  if (state === "CLOSE-WAIT")
    return [
      {
        id: "close-wait",
        words: words.closeWaitTrigger,
        priority: "AVERAGE",
        expression: `${lowest}>={$PORTOLAN.CLOSE.WAIT.MIN} and ${lowest}>max(${item},{$PORTOLAN.CLOSE.WAIT.WINDOW}:now-{$PORTOLAN.CLOSE.WAIT.WINDOW})`,
        // A leak that stands still is still one.
        recovery: `max(${item},{$PORTOLAN.WINDOW})<{$PORTOLAN.CLOSE.WAIT.MIN}`,
      },
    ];
  if (state === "TIME-WAIT")
    return [
      {
        id: "time-wait",
        words: words.timeWaitTrigger,
        priority: "WARNING",
        expression: `min(${item},{$PORTOLAN.WINDOW})>={$PORTOLAN.TIME.WAIT.MAX}`,
      },
    ];
  if (state === "LISTEN")
    return [
      {
        id: "silent",
        words: words.silentTrigger,
        priority: "WARNING",
        expression: `nodata(${item},{$PORTOLAN.NODATA})=1`,
      },
    ];
  return [];
}

function triggerOf(
  template: string,
  { id, words: [name, description], priority, expression, recovery }: Condition,
): Entry {
  return {
    uuid: uuid(`${template} trigger ${id}`),
    expression,
    ...(recovery === undefined
      ? {}
      : { recovery_mode: "RECOVERY_EXPRESSION", recovery_expression: recovery }),
    name,
    priority,
    description,
    ...(priority === "HIGH" ? { opdata: "{ITEM.LASTVALUE1}" } : {}),
  };
}

/** `how`: where the value comes from. */
function stateItem(template: string, state: ConnectionState, words: Words, how: Entry): Entry {
  const [name, description] = words.states[state];
  const triggers = conditionsOf(state, `/${template}/${stateKey(state)}`, words).map((condition) =>
    triggerOf(template, condition),
  );
  return {
    uuid: uuid(`${template} ${stateKey(state)}`),
    name,
    ...how,
    key: stateKey(state),
    history: "31d",
    description,
    tags: [{ tag: "component", value: "tcp" }],
    ...(triggers.length === 0 ? {} : { triggers }),
  };
}

function macrosOf(defaults: Readonly<Record<string, string>>, words: Words): readonly Entry[] {
  return Object.entries(defaults).map(([macro, value]) => ({
    macro,
    value,
    description: words.macros[macro] ?? "",
  }));
}

function statesTemplate(words: Words): Entry {
  const template = `Portolan TCP states${words.suffix}`;
  return {
    uuid: uuid(template),
    template,
    name: words.statesTemplate,
    description: words.statesAbout,
    groups: [{ name: group }],
    items: connectionStates.map((state) =>
      stateItem(template, state, words, { delay: "{$PORTOLAN.INTERVAL}" }),
    ),
    macros: macrosOf(stateMacros, words),
  };
}

function eventItem(template: string, words: Words): Entry {
  return {
    uuid: uuid(`${template} portolan.event`),
    name: words.event,
    type: "TRAP",
    key: "portolan.event",
    delay: "0",
    history: "31d",
    trends: "0",
    value_type: "TEXT",
    description: words.eventAbout,
    tags: [{ tag: "component", value: "events" }],
  };
}

const dependent = (state: ConnectionState, master: string): Entry => ({
  type: "DEPENDENT",
  delay: "0",
  preprocessing: [{ type: "JSONPATH", parameters: [`$.counts['${state}']`] }],
  master_item: { key: master },
});

/** All eleven counts in one text, and an item of each that is made of it. */
function countsItems(template: string, key: string, words: Words, how: Entry): Entry[] {
  const master = {
    uuid: uuid(`${template} ${key}`),
    name: words.allStates,
    ...how,
    key,
    history: "0",
    trends: "0",
    value_type: "TEXT",
    tags: [{ tag: "component", value: "raw" }],
  };
  const states = connectionStates.map((state) => stateItem(template, state, words, dependent(state, key)));
  return [master, ...states, eventItem(template, words)];
}

function trapperTemplate(words: Words): Entry {
  const template = `Portolan trapper${words.suffix}`;
  return {
    uuid: uuid(template),
    template,
    name: words.trapperTemplate,
    description: words.trapperAbout,
    groups: [{ name: group }],
    items: countsItems(template, countsItemKey, words, { type: "TRAP", delay: "0" }),
    macros: macrosOf(stateMacros, words),
  };
}

function hostTemplate(words: Words): Entry {
  const template = `Portolan host${words.suffix}`;
  const valueMap = "Portolan listening";
  return {
    uuid: uuid(template),
    template,
    name: words.hostTemplate,
    description: words.hostAbout,
    groups: [{ name: group }],
    items: countsItems(template, masterKey, words, { delay: "{$PORTOLAN.INTERVAL}" }),
    discovery_rules: [discoveryRule(template, words, valueMap)],
    macros: macrosOf({ ...stateMacros, ...portMacros }, words),
    valuemaps: [
      {
        uuid: uuid(`${template} ${valueMap}`),
        name: valueMap,
        mappings: [
          { value: "0", newvalue: words.notListening },
          { value: "1", newvalue: words.listening },
        ],
      },
    ],
  };
}

function discoveryRule(template: string, words: Words, valueMap: string): Entry {
  const key = 'portolan.port.listening["{#ENDPOINT}"]';
  const condition = (value: string, operator: string, formulaid: string): Entry => ({
    macro: "{#ENDPOINT}",
    value,
    operator,
    formulaid,
  });
  return {
    uuid: uuid(`${template} discovery`),
    name: words.discovery,
    key: "portolan.ports.discovery",
    delay: "{$PORTOLAN.DISCOVERY.INTERVAL}",
    filter: {
      evaltype: "AND",
      conditions: [
        condition("{$PORTOLAN.PORTS.MATCHES}", "MATCHES_REGEX", "A"),
        condition("{$PORTOLAN.PORTS.NOT_MATCHES}", "NOT_MATCHES_REGEX", "B"),
      ],
    },
    lifetime: "7d",
    item_prototypes: [
      {
        uuid: uuid(`${template} ${key}`),
        name: words.endpoint,
        key,
        delay: "{$PORTOLAN.INTERVAL}",
        history: "31d",
        valuemap: { name: valueMap },
        tags: [
          { tag: "component", value: "port" },
          { tag: "port", value: "{#PORT}" },
          { tag: "process", value: "{#PROCESS}" },
        ],
        trigger_prototypes: [
          triggerOf(template, {
            id: "down",
            words: words.downTrigger,
            priority: "HIGH",
            expression: `max(/${template}/${key},#2)=0`,
          }),
        ],
      },
    ],
  };
}

function graph(
  template: string,
  kind: string,
  name: string,
  type: "STACKED" | "NORMAL",
  states: readonly ConnectionState[],
): Entry {
  return {
    uuid: uuid(`${template} graph ${kind}`),
    name,
    type,
    graph_items: states.map((state, index) => ({
      sortorder: String(index),
      drawtype: type === "STACKED" ? "FILLED_REGION" : "BOLD_LINE",
      color: colours[state],
      item: { host: template, key: stateKey(state) },
    })),
  };
}

function graphsOf(template: string, words: Words): readonly Entry[] {
  return [
    graph(template, "states", words.statesGraph, "STACKED", connectionStates),
    graph(template, "ends", words.endsGraph, "NORMAL", beginOrEnd),
  ];
}

/** The YAML text of `packaging/zabbix/portolan.yaml`. */
export function zabbixTemplate(): string {
  const templates = languages.flatMap((words) => [
    statesTemplate(words),
    hostTemplate(words),
    trapperTemplate(words),
  ]);
  const graphs = languages.flatMap((words) =>
    ["Portolan TCP states", "Portolan host", "Portolan trapper"].flatMap((name) =>
      graphsOf(`${name}${words.suffix}`, words),
    ),
  );
  const groups = [{ uuid: uuid(group), name: group }];
  return stringify({ zabbix_export: { version: "6.0", groups, templates, graphs } }, { lineWidth: 0 });
}
