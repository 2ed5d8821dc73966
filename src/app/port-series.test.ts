import assert from "node:assert/strict";
import test from "node:test";
import type { PortConnections } from "../model/connection-sample.ts";
import { portSeries, type HostPorts } from "./port-series.ts";

const port = (number: number, established: number, more: Partial<PortConnections> = {}): PortConnections => ({
  transport: "tcp",
  port: number,
  processes: [],
  states: { LISTEN: 1, ESTABLISHED: established, "SYN-RECEIVED": 1 },
  queue: { waiting: 2, max: 128 },
  ...more,
});
const hosts: readonly HostPorts[] = [
  { labels: ["a", "1"], ports: [port(443, 100), port(22, 1), port(8080, 5)] },
  { labels: ["b", "2"], ports: [port(443, 7), port(53, 3, { transport: "udp", states: {}, queue: null })] },
];
const all = { first: 0, last: 65_535 };
const figures = (ports: readonly { first: number; last: number }[], portSeriesMax = 500) => {
  const { leftOut, ...series } = portSeries(hosts, { ports, portSeriesMax });
  const rows = (series.portolan_port_connections ?? []).map(
    ([[host, , transport, port], value]) => `${host} ${transport}/${port} ${value}`,
  );
  return { leftOut, rows, series };
};

test("nothing is told of ports unless it is asked for", () => {
  const { leftOut, rows } = figures([]);
  assert.deepEqual([leftOut, rows], [0, []]);
});

test("ports that are asked for have series, the others of their host are summed", () => {
  const { leftOut, rows, series } = figures([{ first: 443, last: 443 }]);
  assert.equal(leftOut, 0);
  assert.deepEqual(rows, ["a tcp/443 101", "b tcp/443 8", "a tcp/other 8", "b udp/other 0"]);
  assert.deepEqual(
    series.portolan_port_half_open_connections?.map(([, value]) => value),
    [1, 1, 2],
  );
  assert.deepEqual(
    series.portolan_port_accept_queue?.map(([, value]) => value),
    [2, 2],
  );
});

test("a cap keeps the lowest numbers, tells how many it left out, and loses no connection", () => {
  const { leftOut, rows } = figures([all], 3);
  assert.equal(leftOut, 2);
  assert.deepEqual(rows, ["a tcp/22 2", "b udp/53 0", "a tcp/443 101", "a tcp/other 6", "b tcp/other 8"]);
  const sum = (told: readonly string[]): number =>
    told.reduce((total, row) => total + Number(row.split(" ").at(-1)), 0);
  assert.equal(sum(rows), sum(figures([all]).rows));
  assert.deepEqual(figures([all], 0).leftOut, 5);
});
