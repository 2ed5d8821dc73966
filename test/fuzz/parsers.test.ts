// Mutated listings and messages: no throw, no hang, bounded output. `PORTOLAN_FUZZ` sets the inputs per target,
// `PORTOLAN_FUZZ_SEED` repeats a run.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { readCgroup } from "../../src/sources/host/cgroup.ts";
import { parseNetstat } from "../../src/sources/host/netstat.ts";
import { parseProcNet } from "../../src/sources/host/proc-net.ts";
import { commandLineText, readStat, readUid } from "../../src/sources/host/process-facts.ts";
import { processName } from "../../src/sources/host/process-name.ts";
import { parseSavedOutput, savedListeners } from "../../src/sources/host/saved-output.ts";
import { skippedMax } from "../../src/sources/host/socket-row.ts";
import type { ParsedRows } from "../../src/sources/host/socket-row.ts";
import { parseSs } from "../../src/sources/host/ss.ts";
import { keptOf } from "../../src/sources/host/state-counts.ts";
import { tcpCounters } from "../../src/sources/host/kernel-counters.ts";
import { columnByNumber, socketCounter } from "../../src/sources/host/socket-census.ts";
import { SocketTally } from "../../src/sources/host/socket-tally.ts";
import {
  emptyDiagSocket,
  inetDiagMessageBytes,
  isWholeSocket,
  readInetDiag,
} from "../../src/sources/link/inet-diag.ts";
import { readLink } from "../../src/sources/link/interface-names.ts";
import { readDatagram } from "../../src/sources/link/datagram.ts";
import { amount } from "../support/amount.ts";
import { randomOf } from "../support/random.ts";

const iterations = amount("PORTOLAN_FUZZ", { short: 20_000, long: 1_000_000 });
const seed = Number(process.env["PORTOLAN_FUZZ_SEED"] ?? Date.now() % 1_000_000);
/** Of CPU. Inputs are a few KB and take a millisecond at most, so that a breach is a hang in the making. */
const hangMs = 1_000;
/** Read in a fraction of `largeHangMs` where the work grows with the length, in hours where it grows with its square. */
const largeBytes = 1024 * 1024;
const largeHangMs = 5_000;

const folder = join(import.meta.dirname, "../fixtures/host");
const corpus = (pattern: RegExp): Buffer[] =>
  readdirSync(folder)
    .filter((name) => pattern.test(name))
    .flatMap((name) => {
      const lines = readFileSync(join(folder, name), "utf8").split("\n");
      // Whole, and in pieces, so that mutations fall on lines more often.
      return [lines, lines.slice(0, 4), lines.slice(3, 6), lines.slice(-3)].map((part) =>
        Buffer.from(part.join("\n")),
      );
    });

const tokens = [
  "users:((",
  '("a",pid=1,fd=3)',
  ":::*",
  "[::]:",
  "%",
  "LISTEN",
  "tcp ",
  "udp6 ",
  "999999999999999999999",
  "\u0000",
  "\u001b[31m",
  "\n",
  "\r\n",
  '"'.repeat(40),
  ":".repeat(40),
  "(".repeat(40),
  " ".repeat(300),
  "1".repeat(300),
].map((text) => Buffer.from(text));

function mutate(random: () => number, source: Buffer): Buffer {
  let bytes = Buffer.from(source);
  const pick = (below: number): number => Math.floor(random() * below);
  for (let times = 1 + pick(4); times > 0; times--) {
    const at = pick(bytes.length + 1);
    const kind = pick(6);
    if (kind === 0 && bytes.length > 0) bytes[pick(bytes.length)] = pick(256);
    else if (kind === 1) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + pick(40))]);
    else if (kind === 2) {
      bytes = Buffer.concat([
        bytes.subarray(0, at),
        tokens[pick(tokens.length)] as Buffer,
        bytes.subarray(at),
      ]);
    } else if (kind === 3) {
      const from = pick(bytes.length + 1);
      bytes = Buffer.concat([
        bytes.subarray(0, at),
        bytes.subarray(from, from + pick(200)),
        bytes.subarray(at),
      ]);
    } else if (kind === 4) bytes = bytes.subarray(0, at);
    else if (bytes.length > 0) bytes[pick(bytes.length)] = [0, 0xff, 0x80, 0x0a, 0x20][pick(5)] ?? 0;
  }
  return bytes;
}

function fuzz(name: string, sources: readonly Buffer[], target: (input: Buffer) => void): void {
  test(`${name}: ${iterations} mutated inputs, seed ${seed}: no throw, no hang, bounded`, (t) => {
    const random = randomOf(seed);
    let slowestMs = 0;
    const startMs = performance.now();
    for (let index = 0; index < iterations; index++) {
      const input = mutate(random, sources[Math.floor(random() * sources.length)] as Buffer);
      const beganMs = performance.now();
      try {
        target(input);
      } catch (error) {
        assert.fail(
          `input ${index} of seed ${seed} throws ${String(error)}: ${JSON.stringify(input.toString("latin1"))}`,
        );
      }
      const took = performance.now() - beganMs;
      if (took > slowestMs) slowestMs = took;
      // One slow run may be the machine's; the CPU says whose it is.
      if (took > hangMs && cpuMsOf(() => target(input)) > hangMs)
        assert.fail(`input ${index} of seed ${seed} takes ${took} ms`);
    }
    t.diagnostic(
      `${Math.round(iterations / ((performance.now() - startMs) / 1000))} inputs/s, slowest ${slowestMs.toFixed(1)} ms`,
    );
  });
}

function cpuMsOf(act: () => void): number {
  const before = process.threadCpuUsage();
  act();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

function assertBounded({ rows, skipped }: ParsedRows, input: Buffer): void {
  const lines = input.toString("latin1").split("\n").length;
  assert.ok(rows.length <= lines && skipped.length <= Math.min(lines, skippedMax) + 1);
  for (const row of rows) {
    assert.ok(row.port >= 0 && row.port <= 65_535 && row.address.length <= 45);
    assert.ok(row.owners.every(({ pid, name: program }) => pid >= 0 && (program?.length ?? 0) <= 256));
  }
}

const parsers: readonly (readonly [string, RegExp, (text: string) => ParsedRows])[] = [
  ["ss", /^ss-/, parseSs],
  ["netstat", /netstat|^net-tools|^busybox/, parseNetstat],
  ["/proc/net", /^proc-net/, parseProcNet],
  ["saved output", /./, parseSavedOutput],
];
for (const [name, pattern, parse] of parsers) {
  fuzz(name, corpus(pattern), (input) => assertBounded(parse(input.toString("utf8")), input));
}

/** One netlink datagram as the kernel answers a dump of two sockets, an interface, and its end. */
function datagram(): Buffer {
  const message = (type: number, flags: number, payload: Buffer): Buffer => {
    const bytes = Buffer.alloc(16 + payload.length);
    bytes.writeUInt32LE(bytes.length, 0);
    bytes.writeUInt16LE(type, 4);
    bytes.writeUInt16LE(flags, 6);
    bytes.writeUInt32LE(7, 8);
    payload.copy(bytes, 16);
    return bytes;
  };
  const socket = (family: number): Buffer => {
    const bytes = Buffer.alloc(88);
    bytes[0] = family;
    bytes[1] = 10;
    bytes.writeUInt16BE(443, 4);
    bytes.writeUInt32LE(4711, 68);
    bytes.set([5, 0, 11, 0, 1, 0, 0, 0, 5, 0, 15, 0, 3], 72);
    return bytes;
  };
  const link = Buffer.concat([Buffer.alloc(16), Buffer.from([9, 0, 3, 0]), Buffer.from("eth0\0\0\0\0")]);
  return Buffer.concat([
    message(20, 2, socket(2)),
    message(20, 2, socket(10)),
    message(16, 2, link),
    message(3, 2, Buffer.alloc(4)),
  ]);
}

fuzz("sock_diag", [datagram()], (input) => {
  let visits = 0;
  const socket = emptyDiagSocket();
  readDatagram(input, input.length, 7, (_type, bytes, start, end) => {
    visits++;
    assert.ok(start >= 16 && end <= input.length);
    if (readInetDiag(bytes, start, end, socket))
      assert.ok(socket.address.length === 4 || socket.address.length === 16);
    readLink(bytes, start, end);
  });
  // Also with bounds that no caller should give.
  readInetDiag(input, input.length - 80, input.length, socket);
  readInetDiag(input, -1, input.length + 1, socket);
  assert.ok(visits <= input.length / 16);
});

/** The same as the kernel answers for connections: IPv4, IPv6 and IPv4-mapped, each with its attributes. */
function connections(): Buffer {
  const bytes = datagram();
  // Messages of 104 bytes: header, socket, attributes.
  for (const [index, state] of [1, 6].entries()) {
    const at = index * 104 + 16;
    bytes[at + 1] = state;
    bytes.fill(0xff, at + 34, at + 36);
    bytes.set([192, 0, 2, 1], at + (index === 0 ? 24 : 36));
  }
  return bytes;
}

const remotesOfFuzz = 100;
/** Lists of all prefixes that were ever met take longer than counting. */
const inputsPerList = 256;
const tally = new SocketTally(seed, remotesOfFuzz);
const tallies = Object.values(columnByNumber).map((table) => socketCounter(tally, table, null));
fuzz("census of sockets", [connections(), datagram()], (input) => {
  const before = tally.sockets();
  let visits = 0;
  readDatagram(input, input.length, 7, (_type, bytes, start, end) => {
    if (end - start < inetDiagMessageBytes) return;
    for (const count of tallies) count(bytes, start, end);
    isWholeSocket(bytes, start, end);
    visits++;
  });
  assert.ok(tally.sockets() - before <= visits * tallies.length);
  if (tally.sockets() % inputsPerList !== 0) return;
  for (const { rows, others } of [tally.topRemotes(2), tally.topPrefixes(2)]) {
    assert.ok(rows.length <= 2 && others.sockets >= 0);
    for (const { remote } of rows) assert.match(remote, /^[0-9a-f.:]{2,39}(?:\/24|\/64)?$/);
  }
});

const counters = [
  "TcpExt: SyncookiesSent SyncookiesRecv ListenOverflows ListenDrops\nTcpExt: 1 2 3 4\n",
  "sockets: used 5\nTCP: inuse 3 orphan 0 tw 2 alloc 4 mem 1\n",
  "TCP6: inuse 1\n",
].map((text) => Buffer.from(text));
fuzz("counters of the kernel", counters, (input) => {
  const text = input.toString("latin1");
  for (const counter of Object.values(tcpCounters(text, text))) assert.ok(counter === null || counter >= 0);
  for (const kept of [keptOf(text, ""), keptOf(text, text)]) assert.ok((kept?.inUse ?? 0) >= 0);
});

const facts = [
  "4711 (nginx: (a) b) S 1 4711 4711 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 48213 1 1",
  "Name:\tx\nUid:\t0\t33\t0\t0\n",
  "0::/system.slice/docker-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.scope\n1:name=systemd:/a",
  "nginx: master process /usr/sbin/nginx -g daemon off;\0\0\0",
  "/usr/bin/python3\0-m\0http.server\0",
].map((text) => Buffer.from(text));
fuzz("facts of a process", facts, (input) => {
  const text = input.toString("utf8");
  readStat(text);
  readUid(text);
  readCgroup(text);
  assert.ok((commandLineText(text)?.length ?? 0) <= 4096);
  assert.ok(processName(text, text.slice(0, 20), text.slice(0, 15)).length <= 256);
});

test("a megabyte of the worst kinds is read in a time that grows with its length", (t) => {
  const worst = [
    ...tokens.map((token) => token.toString("utf8")),
    'tcp LISTEN 0 1 *:1 *:* users:((("',
    "tcp 0 0 1.1.1.1:1 1.1.1.1:1 ",
    "a:",
    "\t",
  ];
  let slowestMs = 0;
  for (const token of worst) {
    const text = token.repeat(Math.ceil(largeBytes / token.length));
    for (const variant of [
      text,
      `tcp   LISTEN 0 5 0.0.0.0:80 0.0.0.0:* ${text}`,
      `tcp 0 0 0.0.0.0:80 0.0.0.0:* LISTEN ${text}`,
    ]) {
      const took = cpuMsOf(() => {
        savedListeners(variant);
        parseSs(variant);
        parseNetstat(variant);
      });
      slowestMs = Math.max(slowestMs, took);
      assert.ok(took < largeHangMs, `${JSON.stringify(token.slice(0, 20))} takes ${took} ms`);
    }
  }
  t.diagnostic(`slowest ${slowestMs.toFixed(0)} ms of CPU`);
});
