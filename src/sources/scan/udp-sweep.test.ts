import assert from "node:assert/strict";
import test from "node:test";
import type { PortReason } from "../../model/port-state.ts";
import { udpSweep, type UdpSweep } from "./udp-sweep.ts";

type Kind = "open" | "closed" | "silent" | "prohibited";

interface Network {
  readonly hosts: number;
  readonly ports: Uint16Array;
  readonly kindOf: (host: number, port: number) => Kind;
  /** ICMP errors a second that a host sends, six in a bunch; more are not sent. */
  readonly errors?: number;
  /** So many of the six are left when the scan begins. */
  readonly errorsLeft?: number;
  /** Share lost each way. */
  readonly loss?: number;
  readonly roundTripOf?: (host: number) => number;
  readonly patienceMs?: number;
  readonly rate?: number;
}

interface Outcome {
  readonly open: Set<string>;
  readonly probes: Map<string, number>;
  readonly total: number;
  readonly ms: number;
  readonly sweep: UdpSweep;
}

const stepMs = 1;
const msMax = 3_600_000;
const limitBurst = 6;
const ports = (count: number, first = 1): Uint16Array =>
  Uint16Array.from({ length: count }, (_, index) => first + index);
const reasons = { open: "udp-response", closed: "port-unreach", prohibited: "admin-prohibited" } as const;

/** A whole scan without a datagram, against a network that is made up, in steps of a millisecond. */
function scan(network: Network, seed = 1): Outcome {
  const { hosts, kindOf, errors, loss = 0, roundTripOf = () => 10, rate = 1_000 } = network;
  let state = seed * 7_919 + 1;
  const random = (): number => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b_3c6d) + 0x9e37_79b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 13), 0x297a_2d39);
    mixed ^= mixed >>> 16;
    return (mixed >>> 0) / 2 ** 32;
  };
  const open = new Set<string>();
  const probes = new Map<string, number>();
  const sweep = udpSweep(
    { hosts, ports: network.ports, seed, missTarget: 0.001, patienceMs: network.patienceMs ?? 300_000 },
    (host, port) => void open.add(`${host}:${port}`),
  );
  const tokens = Array.from({ length: hosts }, () => ({ left: network.errorsLeft ?? limitBurst, atMs: 0 }));
  /** Whether the host has an error to give. */
  const sendsError = (host: number, nowMs: number): boolean => {
    if (errors === undefined) return true;
    const bucket = tokens[host];
    assert.ok(bucket !== undefined);
    bucket.left = Math.min(limitBurst, bucket.left + ((nowMs - bucket.atMs) * errors) / 1_000);
    bucket.atMs = nowMs;
    if (bucket.left < 1) return false;
    bucket.left -= 1;
    return true;
  };
  const answers = new Map<number, { host: number; port: number; reason: PortReason }[]>();
  const probe = { host: 0, port: 0 };
  let [total, nowMs, allowance] = [0, 0, 0];
  for (; nowMs < msMax && !sweep.isDone(nowMs); nowMs += stepMs) {
    for (const { host, port, reason } of answers.get(nowMs) ?? []) {
      sweep.answered(host, port, reason, reason === "port-unreach", nowMs);
    }
    answers.delete(nowMs);
    allowance = Math.min(4, allowance + (rate * stepMs) / 1_000);
    while (allowance >= 1 && sweep.next(probe, nowMs)) {
      allowance -= 1;
      total += 1;
      const { host, port } = probe;
      probes.set(`${host}:${port}`, (probes.get(`${host}:${port}`) ?? 0) + 1);
      const kind = kindOf(host, port);
      if (random() < loss || kind === "silent") continue;
      if (kind !== "open" && !sendsError(host, nowMs)) continue;
      if (random() < loss) continue;
      const atMs = nowMs + roundTripOf(host);
      const due = answers.get(atMs) ?? [];
      due.push({ host, port, reason: reasons[kind] });
      answers.set(atMs, due);
    }
  }
  assert.ok(nowMs < msMax, "it ends");
  return { open, probes, total, ms: nowMs, sweep };
}

test("on a sound path all is told at once, and what is silent is asked two or three times", () => {
  const { open, total, sweep, ms } = scan({
    hosts: 4,
    ports: ports(100),
    kindOf: (host, port) => (port === 53 ? "open" : host === 3 ? "silent" : port > 90 ? "silent" : "closed"),
  });
  assert.equal(open.size, 4);
  assert.deepEqual(sweep.tallyOf(0), { open: 1, closed: 89, filtered: {}, silent: 10 });
  assert.equal(sweep.tallyOf(3).silent, 99);
  assert.equal(sweep.unsureOf(0), 0);
  // 400 first tries; 99 second ones of the silent host, 3 × 10 × 2 of the others, and a few witnesses.
  assert.ok(total < 590, `${total} probes`);
  assert.ok(ms < 5_000, `${ms} ms`);
});

test("a host that sends one error a second is not taken for open|filtered", () => {
  const { sweep, open, ms, probes } = scan({
    hosts: 1,
    ports: ports(60),
    errors: 1,
    kindOf: (_, port) => (port === 53 ? "open" : port > 50 ? "silent" : "closed"),
  });
  assert.equal(open.size, 1);
  assert.deepEqual(sweep.tallyOf(0), { open: 1, closed: 50, filtered: {}, silent: 9 });
  assert.equal(sweep.unsureOf(0), 0);
  // 50 errors at one a second, six of them at once, are 44 s.
  assert.ok(ms < 75_000, `${ms} ms`);
  assert.ok([...probes.values()].every((count) => count < 80));
});

test("nor is it when questions leave so slowly that errors come back between them", () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const { sweep } = scan(
      {
        hosts: 2,
        ports: ports(30),
        errors: 1.3,
        rate: 30,
        kindOf: (_, port) => (port > 20 ? "silent" : "closed"),
      },
      seed,
    );
    for (const host of [0, 1]) assert.equal(sweep.tallyOf(host).closed, 20, `seed ${seed}`);
  }
});

test("nor is one that has just used up all its errors", () => {
  const { sweep } = scan({
    hosts: 1,
    ports: ports(10),
    errors: 1,
    errorsLeft: 0,
    kindOf: (_, port) => (port === 1 ? "open" : "closed"),
  });
  assert.deepEqual(sweep.tallyOf(0), { open: 1, closed: 9, filtered: {}, silent: 0 });
});

test("one that limits its errors does not delay the others", () => {
  const finishedMs = (limited: boolean): number => {
    const { sweep, ms, total } = scan({
      hosts: 50,
      ports: ports(40),
      ...(limited ? { errors: 1 } : {}),
      kindOf: () => "closed",
    });
    for (let host = 0; host < 50; host += 1) assert.equal(sweep.tallyOf(host).closed, 40);
    assert.ok(total < 50 * 40 * 8, `${total} probes`);
    return ms;
  };
  assert.ok(finishedMs(false) < 5_000);
  // All fifty at the same time: as long as one.
  assert.ok(finishedMs(true) < 60_000);
});

test("what a limited host could not say in time is told as unsure, not guessed", () => {
  const { sweep, ms } = scan({
    hosts: 1,
    ports: ports(500),
    errors: 1,
    patienceMs: 20_000,
    kindOf: () => "closed",
  });
  const { closed, silent } = sweep.tallyOf(0);
  assert.equal(closed + silent, 500);
  assert.ok(closed > 15);
  assert.equal(sweep.unsureOf(0), silent);
  assert.ok(ms < 30_000);
});

test("loss both ways costs tries and no open port", () => {
  for (const [seed, loss] of [
    [1, 0.02],
    [2, 0.1],
    [3, 0.1],
  ] as const) {
    const { open, sweep } = scan(
      {
        hosts: 200,
        ports: ports(30),
        loss,
        kindOf: (host, port) => (port <= 3 && host < 150 ? "open" : "silent"),
      },
      seed,
    );
    const told = sweep.progress().loss ?? 0;
    assert.ok(open.size >= 449, `${loss}: ${open.size} of 450`);
    assert.ok(
      told > 0.4 * (1 - (1 - loss) ** 2) && told < 2 * (1 - (1 - loss) ** 2),
      `${loss}: told as ${told}`,
    );
  }
});

test("a firewall that refuses with another error is filtered, not closed", () => {
  const { sweep } = scan({ hosts: 1, ports: ports(20), kindOf: () => "prohibited" });
  assert.deepEqual(sweep.tallyOf(0), { open: 0, closed: 0, filtered: { "admin-prohibited": 20 }, silent: 0 });
});

test("a slow host is waited for", () => {
  const { open } = scan({
    hosts: 3,
    ports: ports(20),
    roundTripOf: (host) => (host === 1 ? 800 : 5),
    kindOf: (_, port) => (port % 2 === 0 ? "open" : "closed"),
  });
  assert.equal(open.size, 30);
});

test("a port of a printer or a controller is asked at most twice, however silent its host is", () => {
  const list = Uint16Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 9100, 44_818, 47_808);
  for (const errors of [undefined, 1]) {
    const { probes, sweep } = scan({
      hosts: 1,
      ports: list,
      ...(errors === undefined ? {} : { errors }),
      kindOf: (_, port) => (port > 1_000 ? "silent" : "closed"),
    });
    for (const port of [9100, 44_818, 47_808]) assert.ok((probes.get(`0:${port}`) ?? 0) <= 2);
    // Without more questions nothing proves their silence where errors are few.
    assert.equal(sweep.unsureOf(0), errors === undefined ? 0 : 3);
  }
});

test("an answer to what was not asked, or a second one, changes nothing", () => {
  const sweep = udpSweep(
    { hosts: 1, ports: Uint16Array.of(53), seed: 1, missTarget: 0.001, patienceMs: 1 },
    () => undefined,
  );
  assert.equal(sweep.answered(0, 54, "udp-response", true, 0), false);
  assert.equal(sweep.answered(0, 53, "udp-response", true, 0), true);
  assert.equal(sweep.answered(0, 53, "port-unreach", true, 0), false);
  assert.deepEqual(sweep.tallyOf(0), { open: 1, closed: 0, filtered: {}, silent: 0 });
});
