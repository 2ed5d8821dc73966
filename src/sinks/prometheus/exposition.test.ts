import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { exposition } from "./exposition.ts";
import { metricList, type Measurements } from "./metric-list.ts";

const figures: Measurements = {
  portolan_udp_sockets: [[["harbour-1", "h1"], 12]],
  portolan_listen_drops_total: [[["harbour-1", "h1"], 3]],
  portolan_conntrack_entries: [],
  portolan_build_info: [[["0.1.0"], 1]],
  process_start_time_seconds: [[[], 1_790_000_000.25]],
};

test("Prometheus' own format names every family as its samples", () => {
  assert.equal(
    exposition(figures, "prometheus"),
    `# HELP portolan_udp_sockets UDP sockets.
# TYPE portolan_udp_sockets gauge
portolan_udp_sockets{host="harbour-1",host_id="h1"} 12
# HELP portolan_listen_drops_total Connections dropped at a listener for whatever reason.
# TYPE portolan_listen_drops_total counter
portolan_listen_drops_total{host="harbour-1",host_id="h1"} 3
# HELP portolan_build_info The version that runs.
# TYPE portolan_build_info gauge
portolan_build_info{version="0.1.0"} 1
# HELP process_start_time_seconds When the server was started, since 1970.
# TYPE process_start_time_seconds gauge
process_start_time_seconds 1790000000.25
`,
  );
});

test("OpenMetrics names counters and infos without their suffix, tells units, and ends", () => {
  const lines = exposition(figures, "openmetrics").split("\n");
  assert.deepEqual(
    lines.filter((line) => /^# (TYPE|UNIT|EOF)/.test(line)),
    [
      "# TYPE portolan_udp_sockets gauge",
      "# TYPE portolan_listen_drops counter",
      "# TYPE portolan_build info",
      "# TYPE process_start_time_seconds gauge",
      "# UNIT process_start_time_seconds seconds",
      "# EOF",
    ],
  );
  assert.ok(lines.includes('portolan_listen_drops_total{host="harbour-1",host_id="h1"} 3'));
  assert.ok(lines.includes('portolan_build_info{version="0.1.0"} 1'));
});

test("whatever a host is called, it is one label of one line, and can be read back", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (name) => {
      const text = exposition({ portolan_udp_sockets: [[[name, "h1"], 1]] }, "prometheus");
      const [, , sample = "", rest] = text.split("\n");
      assert.equal(rest, "");
      const [, held = ""] =
        /^portolan_udp_sockets\{host="((?:[^"\\]|\\.)*)",host_id="h1"\} 1$/s.exec(sample) ?? [];
      const read = held.replaceAll(/\\(.)/g, (_, character: string) =>
        character === "n" ? "\n" : character,
      );
      assert.equal(read, name.toWellFormed());
    }),
  );
});

test("every name, label and suffix is as the conventions want it", () => {
  for (const [name, { type, labels, help, zh }] of Object.entries(metricList)) {
    assert.match(name, /^(?:portolan|process)(?:_[a-z]+)+$/);
    assert.equal(name.endsWith("_total"), type === "counter", name);
    assert.equal(name.endsWith("_info"), type === "info", name);
    assert.doesNotMatch(name, /_(?:count|sum|bucket|ms|milliseconds)$/);
    for (const label of labels) assert.match(label, /^[a-z]+(?:_[a-z]+)*$/);
    assert.match(help, /^[^\n\\]+\.$/);
    assert.match(zh, /^[^\n\\]+。$/);
  }
});
