import assert from "node:assert/strict";
import test from "node:test";
import { connectionSample, counters, remoteRow } from "../../../test/support/connection-sample.ts";
import { randomOf } from "../../../test/support/random.ts";
import type { ConnectionSample } from "../../model/connection-sample.ts";
import type { ConnectionVerdict } from "../../model/connection-verdict.ts";
import {
  acceptAsNormal,
  type ConnectionMemory,
  memoryOf,
  nothingWatched,
  watchConnections,
} from "./watch.ts";

type Given = Parameters<typeof connectionSample>[0];

const startMs = Date.UTC(2026, 0, 5, 8);

/** Samples 10 s apart, from a host that was watched for two calm hours before. */
function watched(samples: readonly Given[], calm: Given = { tcp: { ESTABLISHED: 40 } }): ConnectionVerdict[] {
  let memory: ConnectionMemory = nothingWatched;
  for (let at = -7_200_000; at < 0; at += 60_000)
    memory = step(memory, { ...calm, atMs: startMs + at }).memory;
  let firing: readonly ConnectionVerdict[] = [];
  for (const [index, given] of samples.entries()) {
    ({ memory, firing } = step(memory, { ...given, atMs: startMs + index * 10_000 }));
  }
  return [...firing];
}

const step = (memory: ConnectionMemory, given: Given): ReturnType<typeof watchConnections> =>
  watchConnections(memoryOf(JSON.parse(JSON.stringify(memory))), connectionSample(given), {
    expected: ["10.9.0.0/24"],
  });

const kinds = (verdicts: readonly ConnectionVerdict[]): string[] =>
  verdicts.map(({ kind, severity }) => `${kind} ${severity}`);
const codes = (verdict: ConnectionVerdict | undefined): string[] =>
  verdict?.reasons.map(({ code }) => code) ?? [];

test("on a host that nobody knows yet, five half-open connections that stay are a look, no alarm", () => {
  let memory = nothingWatched;
  let told: string[] = [];
  for (let index = 0; index < 4; index++) {
    const outcome = step(memory, {
      atMs: startMs + index * 10_000,
      tcp: { "SYN-RECEIVED": 5, ESTABLISHED: 4 },
    });
    memory = outcome.memory;
    told = [...told, ...kinds(outcome.firing)];
  }
  assert.deepEqual(told, ["syn-flood look", "syn-flood look"]);
});

test("what a host always has is normal there", () => {
  const calm = { tcp: { "SYN-RECEIVED": 60, ESTABLISHED: 40 } };
  assert.deepEqual(watched([calm, calm, calm], calm), []);
});

test("a flood of forged addresses is told with the first sample, and names nobody", () => {
  const [verdict] = watched([
    {
      tcp: { "SYN-RECEIVED": 900, ESTABLISHED: 38 },
      halfOpenRemotes: 899,
      remotes: [remoteRow("198.51.100.3", { "SYN-RECEIVED": 1 })],
    },
  ]);
  assert.deepEqual(kinds(verdict ? [verdict] : []), ["syn-flood warning"]);
  assert.deepEqual(verdict?.sources, []);
  assert.equal(verdict?.meaning, "flood-from-many");
  assert.deepEqual(codes(verdict), ["half-open", "half-open-share", "many-sources"]);
});

test("who holds the places of a flood is named, whom we know is not", () => {
  const neighbour = remoteRow("192.0.2.50", { ESTABLISHED: 3, "SYN-RECEIVED": 0 });
  const [verdict] = watched(
    [
      {
        tcp: { "SYN-RECEIVED": 406, ESTABLISHED: 40 },
        halfOpenRemotes: 3,
        remotes: [
          remoteRow("203.0.113.9", { "SYN-RECEIVED": 300 }),
          remoteRow("198.51.100.8", { "SYN-RECEIVED": 100 }),
          remoteRow("192.0.2.50", { "SYN-RECEIVED": 6 }),
        ],
      },
    ],
    { tcp: { ESTABLISHED: 40 }, remotes: [neighbour] },
  );
  assert.deepEqual(
    verdict?.sources.map(({ remote }) => remote),
    ["203.0.113.9", "198.51.100.8"],
  );
});

test("ten times the load is no flood while handshakes take no longer", () => {
  const calm = (passiveOpens: number, factor: number): Given => ({
    tcp: { "SYN-RECEIVED": 4 * factor, ESTABLISHED: 40 },
    counters: counters({ passiveOpens }),
  });
  const samples = Array.from({ length: 6 }, (_, index) => calm(1_000 * index, 10));
  assert.deepEqual(watched(samples, calm(0, 1)), []);
});

test("a known proxy with many short connections is not stuck while handshakes are completed", () => {
  const crowd = (passiveOpens: number, halfOpen: number): Given => ({
    tcp: { "SYN-RECEIVED": halfOpen, ESTABLISHED: 60 },
    counters: counters({ passiveOpens }),
    remotes: [remoteRow("198.51.100.20", { "SYN-RECEIVED": Math.floor(halfOpen / 4), ESTABLISHED: 3 })],
  });
  const samples = Array.from({ length: 4 }, (_, index) => crowd(8_000 * index, 120));
  assert.deepEqual(watched(samples, crowd(0, 8)), []);
});

test("of a forged flood, a proxy whose handshakes are under way is not blamed", () => {
  const [verdict] = watched([
    {
      tcp: { "SYN-RECEIVED": 4_000, ESTABLISHED: 60 },
      halfOpenRemotes: 3_950,
      remotes: [remoteRow("198.51.100.20", { "SYN-RECEIVED": 25, ESTABLISHED: 1 })],
    },
  ]);
  assert.equal(verdict?.kind, "syn-flood");
  assert.deepEqual(verdict?.sources, []);
});

test("cookies that do not come back are a flood, those that do are a crowd", () => {
  const sample = (sent: number, returned: number): Given => ({
    tcp: { "SYN-RECEIVED": 5, ESTABLISHED: 40 },
    counters: counters({ synCookiesSent: sent, synCookiesReceived: returned }),
  });
  assert.deepEqual(kinds(watched([sample(0, 0), sample(9_000, 10)])), ["syn-flood critical"]);
  assert.deepEqual(watched([sample(0, 0), sample(9_000, 8_500)]), []);
});

test("half-open connections behind a full accept queue are no flood but a service that accepts too slowly", () => {
  const full: Given = {
    tcp: { "SYN-RECEIVED": 400, ESTABLISHED: 40 },
    ports: [
      {
        transport: "tcp",
        port: 80,
        processes: ["httpd"],
        states: { "SYN-RECEIVED": 400 },
        queue: { waiting: 129, max: 128 },
      },
    ],
    remotes: [remoteRow("198.51.100.30", { "SYN-RECEIVED": 60, ESTABLISHED: 2 })],
    processes: [{ name: "httpd", pid: 44, states: {} }],
  };
  const verdicts = watched([full, full]);
  assert.deepEqual(kinds(verdicts), ["listen-overflow warning"]);
  assert.deepEqual(verdicts[0]?.process, { name: "httpd", pid: 44 });
  assert.equal(verdicts[0]?.subject, "tcp/80");
});

test("one address with a thousand connections is told, a declared load generator, our own pool and ourselves are not", () => {
  const many = (address: string, ports: number): Given => ({
    tcp: { ESTABLISHED: 1_040 },
    remotes: [remoteRow(address, { ESTABLISHED: 1_000 }, ports)],
  });
  const verdicts = watched([many("203.0.113.9", 1)]);
  assert.deepEqual(kinds(verdicts), ["connection-flood warning"]);
  assert.deepEqual(codes(verdicts[0]), ["source-connections", "stranger"]);
  assert.deepEqual(watched([many("10.9.0.5", 1)]), []);
  assert.deepEqual(watched([many("127.0.0.1", 1)]), []);
  assert.deepEqual(watched([many("10.1.0.9", 1_000)]), []);
});

test("a proxy that takes the place of another one is no flood", () => {
  const behind = (address: string): Given => ({
    tcp: { ESTABLISHED: 2_000 },
    remotes: [remoteRow(address, { ESTABLISHED: 1_900 })],
  });
  const calm = Array.from({ length: 120 }, () => behind("192.0.2.80"));
  assert.deepEqual(watched([...calm, behind("192.0.2.81")], behind("192.0.2.80")), []);
});

test("where somebody crowds out the others, bystanders are not named", () => {
  const [verdict] = watched([
    {
      tcp: { ESTABLISHED: 900 },
      remotes: [
        remoteRow("203.0.113.9", { ESTABLISHED: 700 }),
        remoteRow("198.51.100.4", { ESTABLISHED: 60 }),
        remoteRow("198.51.100.5", { ESTABLISHED: 40 }),
      ],
      ports: [{ transport: "tcp", port: 80, processes: [], states: {}, queue: { waiting: 90, max: 128 } }],
    },
  ]);
  assert.deepEqual(
    verdict?.sources.map(({ remote }) => remote),
    ["203.0.113.9"],
  );
});

test("a hundred slow requests that fill the queue are worse than a thousand that harm nobody", () => {
  const verdicts = watched([
    {
      tcp: { ESTABLISHED: 190 },
      remotes: [remoteRow("203.0.113.9", { ESTABLISHED: 150 })],
      ports: [{ transport: "tcp", port: 80, processes: [], states: {}, queue: { waiting: 90, max: 128 } }],
    },
  ]);
  assert.deepEqual(kinds(verdicts), ["connection-flood critical"]);
  assert.equal(verdicts[0]?.meaning, "others-crowded-out");
});

const leaking = (count: number): Given => ({
  tcp: { ESTABLISHED: 40, "CLOSE-WAIT": count },
  processes: [
    { name: "java", pid: 77, states: { "CLOSE-WAIT": count - 10 } },
    { name: "java", pid: 78, states: { "CLOSE-WAIT": 10 } },
  ],
});

test("a leak of CLOSE-WAIT is told after two minutes and names the process", () => {
  const verdicts = watched(Array.from({ length: 13 }, (_, index) => leaking(30 + index)));
  assert.deepEqual(kinds(verdicts), ["close-wait-leak warning"]);
  assert.deepEqual(verdicts[0]?.process, { name: "java", pid: 77 });
});

test("CLOSE-WAIT that comes and goes, as when a backend restarts, is no leak", () => {
  assert.deepEqual(watched(Array.from({ length: 26 }, (_, index) => leaking(index % 10 < 8 ? 300 : 12))), []);
});

test("a leak of a few connections an hour is told, though the host has learned it", () => {
  let memory = nothingWatched;
  let told: readonly ConnectionVerdict[] = [];
  for (let minute = 0; minute < 12 * 60; minute++) {
    const outcome = step(memory, {
      ...leaking(15 + Math.floor(minute / 12)),
      atMs: startMs + minute * 60_000,
    });
    memory = outcome.memory;
    told = outcome.firing;
  }
  assert.deepEqual(kinds(told), ["close-wait-leak warning"]);
  assert.ok(codes(told[0]).includes("close-wait-grows"));
});

test("tries to reach many machines at once name the process and the prefix", () => {
  const [verdict] = watched([
    {
      tcp: { "SYN-SENT": 400 },
      triedRemotes: 400,
      prefixes: [remoteRow("10.20.30.0/24", { "SYN-SENT": 250 }, 250)],
      processes: [{ name: "worm", pid: 9, states: { "SYN-SENT": 398 } }],
    },
  ]);
  assert.equal(verdict?.kind, "syn-sent-fan-out");
  assert.deepEqual(verdict?.process, { name: "worm", pid: 9 });
  assert.deepEqual(verdict?.sources, [{ remote: "10.20.30.0/24", count: 250 }]);
  const oneBackend = { tcp: { "SYN-SENT": 400 }, triedRemotes: 1 };
  assert.deepEqual(watched([oneBackend, oneBackend]), []);
});

test("closed connections are an alarm only where ports run short, and then say to whom", () => {
  const sample = (mostUsed: number): Given => ({
    tcp: { "TIME-WAIT": 24_000 },
    ephemeral: { size: 28_232, mostUsed },
    remotes: [remoteRow("10.1.0.9", { "TIME-WAIT": 24_000 }, 24_000)],
  });
  const run = (mostUsed: number): ConnectionVerdict[] => watched([1, 2, 3, 4].map(() => sample(mostUsed)));
  assert.deepEqual(kinds(run(300)), ["time-wait-pile look"]);
  const verdicts = run(24_000);
  assert.deepEqual(kinds(verdicts).sort(), ["port-exhaustion warning", "time-wait-pile warning"]);
  assert.deepEqual(verdicts[0]?.sources, [{ remote: "10.1.0.9", count: 24_000 }]);
});

test("a flood teaches nothing, however long it lasts", () => {
  const flood = { tcp: { "SYN-RECEIVED": 300, ESTABLISHED: 40 } };
  const verdicts = watched(Array.from({ length: 3 * 360 }, () => flood));
  assert.deepEqual(kinds(verdicts), ["syn-flood warning"]);
  assert.ok(verdicts[0]?.reasons.some((reason) => reason.code === "half-open" && (reason.usual ?? 99) < 5));
});

test("what an operator calls normal is not told again, until it is a good deal more", () => {
  const flood = (count: number): Given => ({ tcp: { "SYN-RECEIVED": count, ESTABLISHED: 40 } });
  let { memory } = step(nothingWatched, { ...flood(300), atMs: startMs });
  memory = acceptAsNormal(memory, "syn-flood", connectionSample({ ...flood(300), atMs: startMs }));
  const { firing } = step(memory, { ...flood(300), atMs: startMs + 10_000 });
  assert.deepEqual(firing, []);
});

test("what comes in is never changed, and the same comes out for the same", () => {
  const sample = connectionSample({ tcp: { "SYN-RECEIVED": 300 }, atMs: startMs });
  const { memory } = watchConnections(nothingWatched, sample, { expected: [] });
  const before = JSON.stringify(memory);
  const later = { ...sample, atMs: startMs + 10_000 };
  const first = watchConnections(memory, later, { expected: [] });
  assert.equal(JSON.stringify(memory), before);
  assert.deepEqual(watchConnections(memory, later, { expected: [] }), first);
});

test("a sample that lies never throws, and its memory can be stored", () => {
  const random = randomOf(4);
  const numbers = [0, -1, 1e308, Number.NaN, Infinity, 0.5, 2 ** 53, 7];
  const texts = [
    "",
    "__proto__",
    "constructor",
    "203.0.113.9",
    "::/0",
    "x".repeat(5_000),
    "203.0.113.0/99",
    "::1",
  ];
  const pick = <Value>(values: readonly Value[]): Value =>
    values[Math.floor(random() * values.length)] as Value;
  const number = (): number => pick(numbers);
  const states = (): Record<string, number> => ({
    "SYN-RECEIVED": number(),
    ESTABLISHED: number(),
    "CLOSE-WAIT": number(),
  });
  const rows = <Row>(make: () => Row): Row[] => Array.from({ length: Math.floor(random() * 70) }, make);
  let memory = nothingWatched;
  for (let round = 0; round < 300; round++) {
    const remotes = (): ConnectionSample["remotes"] => rows(() => remoteRow(pick(texts), states(), number()));
    const sample = connectionSample({
      atMs: pick([...numbers, startMs, startMs + round * 10_000]),
      tcp: states(),
      remotes: remotes(),
      prefixes: remotes(),
      ports: rows(() => ({
        transport: "tcp",
        port: number(),
        processes: [pick(texts)],
        states: states(),
        queue: random() < 0.3 ? null : { waiting: number(), max: number() },
      })),
      processes: rows(() => ({ name: pick(texts), pid: number(), states: states() })),
      triedRemotes: number(),
      halfOpenRemotes: number(),
      counters: counters({ synCookiesSent: number(), listenDrops: number(), passiveOpens: number() }),
      conntrack: { count: number(), max: number() },
      ephemeral: { size: number(), mostUsed: number() },
    });
    ({ memory } = watchConnections(memory, sample, { expected: [pick(texts)] }));
    assert.deepEqual(JSON.parse(JSON.stringify(memory.normal)), memory.normal);
  }
});

test("a memory of another form is not read", () => {
  for (const stored of [null, undefined, 7, "{}", {}, { form: 0, normal: {} }]) {
    assert.equal(memoryOf(stored), nothingWatched);
  }
});
