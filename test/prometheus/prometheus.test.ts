// Prometheus and promtool themselves against our page, our targets, our rules and the queries of our dashboard.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { parse } from "yaml";
import { dashboardQueries } from "../../scripts/grafana-panels.ts";
import { settingsDefaults } from "../../src/app/settings.ts";
import type { ConnectionSample } from "../../src/model/connection-sample.ts";
import { metricList } from "../../src/sinks/prometheus/metric-list.ts";
import { openWorld, type World } from "../server/world.ts";
import { counters } from "../support/connection-sample.ts";
import { tcpCounts } from "../support/connection-sample.ts";
import { aConnectionBatch, busySample } from "../support/connections.ts";
import { listener, process as processOf } from "../support/listener.ts";
import { hostNamed, Lookout } from "../support/lookout.ts";
import { until } from "../zabbix/configuration.ts";
import { promtool, startPrometheus, whyNoPrometheus, type Prometheus } from "./prometheus.ts";

const missing = whyNoPrometheus();
if (missing !== undefined) console.log(`no Prometheus on this machine, ${missing}: SKIPPED`);
const options = { skip: missing ?? false, timeout: 40_000 };
const packaging = join(import.meta.dirname, "../../packaging/prometheus");
const rules = readFileSync(join(packaging, "portolan.rules.yml"), "utf8");

type Job = Record<string, unknown>;

let world: World;
let prometheus: Prometheus | undefined;
let samplesTold = 0;

const asked = (): Prometheus => prometheus ?? assert.fail("no Prometheus");

/** The example that we ship, with addresses of here, every second, and another port to look for. */
function configuration({ url }: World): string {
  const { host } = new URL(url);
  const text = readFileSync(join(packaging, "prometheus.yml"), "utf8")
    .replaceAll("127.0.0.1:7317", host)
    .replaceAll("/etc/prometheus/", "")
    .replace("port=9100", "port=443")
    .replaceAll(/_interval: \w+/g, "_interval: 1s");
  const example = parse(text) as {
    readonly scrape_configs: readonly [Job, Job & { relabel_configs: object[] }];
  };
  const [portolan, found] = example.scrape_configs;
  found["authorization"] = portolan["authorization"];
  found.relabel_configs.unshift({ source_labels: ["__address__"], target_label: "found_at" });
  // Nothing may leave the machine: whatever was found, our own server is asked.
  found.relabel_configs.push({ target_label: "__address__", replacement: host });
  return JSON.stringify({
    ...example,
    global: { scrape_interval: "1s", evaluation_interval: "1s", scrape_timeout: "1s" },
  });
}

async function tell(more: Partial<ConnectionSample> = {}): Promise<void> {
  const atMs = world.clock.nowMs();
  samplesTold += 1;
  const sample = {
    ...busySample(atMs),
    counters: counters({ passiveOpens: 1_000 + samplesTold * 10 }),
    ...more,
  };
  const { status } = await world.tokens.intake.post("/intake/connections", aConnectionBatch([sample]));
  assert.equal(status, 200);
}

before(async () => {
  if (missing !== undefined) return;
  const metrics = { ports: [{ first: 0, last: 65_535 }], portSeriesMax: 500 };
  world = await openWorld({ settings: { ...settingsDefaults, metrics } });
  const lookout = new Lookout(hostNamed("harbour-1"));
  const look = lookout.full([
    listener({ port: 443 }, [processOf(70, "nginx")]),
    listener({ port: 6379 }, [processOf(71, "redis-server")]),
    listener({ address: "127.0.0.1", port: 5432 }, [processOf(72, "postgres")]),
  ]);
  assert.equal((await world.tokens.intake.post("/intake", look)).status, 200);
  await tell();
  prometheus = await startPrometheus({
    "prometheus.yml": configuration(world),
    "portolan.token": `${world.tokens.read.token}\n`,
    "portolan.rules.yml": rules.replaceAll(/\bfor: \w+/g, "for: 1s"),
  });
}, options);

after(async () => {
  await prometheus?.stop();
  await world?.close();
});

test(
  "promtool finds nothing to complain of in the page, the rules, their tests and the example",
  options,
  async () => {
    const page = await (await world.tokens.read.request("GET", "/metrics")).text();
    assert.equal(await promtool(packaging, ["check", "metrics"], page), "");
    assert.match(await promtool(packaging, ["check", "rules", "portolan.rules.yml"]), /SUCCESS/);
    assert.match(await promtool(packaging, ["test", "rules", "portolan.test.yml"]), /SUCCESS/);
    assert.match(
      await promtool(packaging, ["check", "config", "--syntax-only", "prometheus.yml"]),
      /SUCCESS/,
    );
  },
);

test("promtool does complain where there is something to complain of", options, async () => {
  const bad = "# TYPE portolan_things counter\nportolan_things 1\n";
  await assert.rejects(promtool(packaging, ["check", "metrics"], bad), /_total/);
});

test("Prometheus scrapes the page as OpenMetrics, and knows every metric's type", options, async () => {
  const up = async () => (await asked().ask('up{job="portolan"}'))[0]?.value[1] === "1" || undefined;
  await until("a scrape", up);
  const told = await asked().call<Record<string, [{ type: string }]>>("/metadata");
  const page = await (await world.tokens.read.request("GET", "/metrics")).text();
  for (const [name, { type }] of Object.entries(metricList)) {
    if (!page.includes(`# TYPE ${name} `)) continue;
    const base = name.replace(/_(?:total|info)$/, "");
    assert.equal(told[base]?.[0].type, type, name);
  }
  const states = await asked().ask("count by (state) (portolan_tcp_connections)");
  assert.equal(states.length, 11);
});

test("without the token there is nothing to scrape, and nothing to discover", options, async () => {
  for (const path of ["/metrics", "/api/v1/prometheus/targets"])
    assert.equal((await world.stranger.request("GET", path)).status, 401);
});

test("service discovery gives what is up and can be reached, with what we know of it", options, async () => {
  interface Target {
    readonly discoveredLabels: Readonly<Record<string, string>>;
    readonly labels: Readonly<Record<string, string>>;
    readonly health: string;
  }
  const target = await until("a target that was found and scraped", async () => {
    const { activeTargets } = await asked().call<{ activeTargets: readonly Target[] }>("/targets", {
      state: "active",
    });
    const found = activeTargets.filter(({ labels }) => labels["job"] === "node");
    return found.length > 0 && found.every(({ health }) => health === "up") ? found : undefined;
  });
  assert.deepEqual(
    target.map(({ labels }) => [labels["found_at"], labels["host"], labels["process"]]),
    [["198.18.0.1:443", "harbour-1", "nginx"]],
  );
  const [first] = target;
  assert.equal(first?.discoveredLabels["__meta_portolan_unit"], "nginx.service");
  const all = await world.tokens.read.json<{ targets: string[] }[]>("/prometheus/targets");
  assert.deepEqual(all.flatMap(({ targets }) => targets).sort(), ["198.18.0.1:443", "198.18.0.1:6379"]);
});

test(
  "a flood that an agent tells of becomes an alert, and the host's own load does not",
  options,
  async (t) => {
    const firing = async (): Promise<string[]> =>
      (await asked().ask('ALERTS{alertstate="firing"}')).map(
        ({ metric }) => `${metric["alertname"]} ${metric["host"]}`,
      );
    assert.deepEqual(await firing(), []);
    const beganMs = performance.now();
    const expected = ["PortolanConnectionTrouble harbour-1", "PortolanSynFlood harbour-1"];
    const told = await until("both alerts", async () => {
      await tell({ tcp: tcpCounts({ LISTEN: 3, ESTABLISHED: 50, "SYN-RECEIVED": 4_000 }) });
      const alerts = await firing();
      return alerts.length >= expected.length ? alerts : undefined;
    });
    assert.deepEqual(told.toSorted(), expected, "by Portolan's own judgement, and by Prometheus'");
    t.diagnostic(
      `${((performance.now() - beganMs) / 1_000).toFixed(1)} s after the first sample of the flood`,
    );
  },
);

test("every query of the dashboard has an answer", options, async (t) => {
  await tell();
  for (const query of dashboardQueries) {
    const expression = query.replaceAll("$host", ".*").replaceAll("$__rate_interval", "10s");
    await until(query, async () => ((await asked().ask(expression)).length > 0 ? true : undefined));
  }
  t.diagnostic(`${dashboardQueries.length} queries`);
});
