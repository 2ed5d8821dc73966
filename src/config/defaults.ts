import { detectDefaults } from "../model/detect-policy.ts";
import type { Config } from "./config.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** What holds until somebody says otherwise. The schema's defaults are these, and of callers without a file too. */
export const configDefaults: Config = {
  data: null,
  listen: "127.0.0.1:7317",
  publicUrl: null,
  trustedProxies: [],
  agent: { intervalMs: 2_000, namespaces: "all", block: false, neverBlock: [] },
  detect: detectDefaults,
  connections: { expected: [] },
  scan: { scope: [], exclude: [] },
  zabbix: {
    passive: { listen: null, allow: [] },
    trapper: { server: null, counts: "off", hostname: "{hostname}" },
  },
  retention: { eventsMs: 365 * dayMs, historyMs: 365 * dayMs, evidenceMs: 90 * dayMs, auditMs: 730 * dayMs },
  session: { idleMs: 12 * hourMs, lifetimeMs: 30 * dayMs },
  limits: { connectionsPerPeer: 512, streams: 500, exportRows: 2_000_000 },
  metrics: { ports: [], portSeriesMax: 500 },
  log: { level: "info" },
  language: "auto",
  rules: [],
};
