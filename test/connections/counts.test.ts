import assert from "node:assert/strict";
import test, { after, beforeEach } from "node:test";
import { connectionStates } from "../../src/model/connection-counts.ts";
import type { ConnectionCounts } from "../../src/model/connection-counts.ts";
import { connectionStateOf } from "../../src/model/connection-state.ts";
import { tcpStateByNumber } from "../../src/sources/host/tcp-state-names.ts";
import { portolan } from "../cli/portolan.ts";
import { withoutRights } from "../scan/listening.ts";
import { amount } from "../support/amount.ts";
import { whyNoNamespaces } from "../support/namespace.ts";
import { createCrowd, crowdNeeds } from "./crowd.ts";
import type { Crowd } from "./crowd.ts";

const skip = whyNoNamespaces(...crowdNeeds, "setpriv") ?? false;
const closed = 100;
const many = amount("PORTOLAN_CONNECTIONS", { short: 5_000, long: 200_000 });
const timeoutMs = 300_000;

/** What is closed or half-open lasts a minute: a crowd is renewed long before. */
const freshMs = 20_000;

let crowd: Crowd;
let madeMs = Number.NEGATIVE_INFINITY;
beforeEach(async () => {
  if (skip !== false || performance.now() - madeMs < freshMs) return;
  if (madeMs > 0) await crowd.close();
  crowd = await createCrowd(closed);
  madeMs = performance.now();
});
after(() => (madeMs > 0 ? crowd.close() : undefined));

interface Row {
  readonly remote: string;
  readonly port: number;
  readonly transport: string;
  readonly pid: number | null;
  readonly name: string | null;
  readonly sockets: number;
  readonly counts: ConnectionCounts;
  readonly udp: number;
  readonly processes: readonly { readonly pid: number; readonly name: string }[];
}
interface List {
  readonly rows: readonly Row[];
  readonly others: { readonly rows: number | null; readonly sockets: number };
  readonly limits: readonly string[];
}

async function asked<Answer = List>(crowd: Crowd, ...words: string[]): Promise<Answer> {
  const { code, stdout, stderr } = await portolan(["connections", ...words, "--json"], {
    before: crowd.inside,
    timeoutMs,
  });
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as Answer;
}

function counted(names: readonly (string | undefined)[]): ConnectionCounts {
  const counts = Object.fromEntries(connectionStates.map((state) => [state, 0]));
  for (const name of names) {
    const state = connectionStateOf(name ?? "");
    assert.ok(state !== undefined, `a state that we do not know: ${name}`);
    counts[state] = (counts[state] ?? 0) + 1;
  }
  return counts as ConnectionCounts;
}

/** No other tool here tells of sockets that are only bound. */
const withoutBound = (counts: ConnectionCounts): ConnectionCounts => ({ ...counts, CLOSED: 0 });

const lines = (text: string): string[] => text.split("\n").filter((line) => line.trim() !== "");

/** What other tools say, without any code of ours but the names of states. */
const witnesses: Readonly<Record<string, (crowd: Crowd) => ConnectionCounts>> = {
  ss: ({ namespace }) =>
    counted(lines(namespace.run("ss", "-Htan")).map((line) => line.trim().split(/\s+/)[0])),
  netstat: ({ namespace }) =>
    counted(
      lines(namespace.run("netstat", "-tan"))
        .filter((line) => line.startsWith("tcp"))
        .map((line) => line.trim().split(/\s+/).at(-1)),
    ),
  "/proc/net": ({ namespace }) =>
    counted(
      lines(namespace.run("cat", "/proc/net/tcp", "/proc/net/tcp6"))
        .filter((line) => !line.includes("local_address"))
        .map((line) => tcpStateByNumber(Number.parseInt(line.trim().split(/\s+/)[3] ?? "", 16))),
    ),
};

async function assertAgreement(crowd: Crowd): Promise<void> {
  const counts = async (...words: string[]): Promise<ConnectionCounts> =>
    (await asked<{ counts: ConnectionCounts }>(crowd, ...words)).counts;
  for (const state of connectionStates) assert.ok(crowd.states[state] > 0, `no socket in ${state}`);
  assert.deepEqual(await counts("--by", "state"), crowd.states, "by state");
  assert.deepEqual(await counts(), crowd.states, "overview");
  assert.deepEqual(await counts("--by", "state", "--no-ffi"), withoutBound(crowd.states), "by /proc");
  for (const [name, count] of Object.entries(witnesses)) {
    assert.deepEqual(count(crowd), withoutBound(crowd.states), name);
  }
}

test("every way of asking gives the same count of each state", { skip, timeout: timeoutMs }, async (t) => {
  await assertAgreement(crowd);
  t.diagnostic(JSON.stringify(crowd.states));
});

test(`so it does with ${many} closed connections`, { skip, timeout: timeoutMs }, async () => {
  const crowded = await createCrowd(many);
  try {
    await assertAgreement(crowded);
    const { rows, others } = await asked(crowded, "--by", "remote");
    const listed = rows.reduce((sum, { sockets }) => sum + sockets, 0);
    const all = Object.values(crowded.remotes).reduce((sum, count) => sum + count, 0);
    assert.equal(listed + others.sockets, all);
    for (const { remote, sockets } of rows) assert.equal(sockets, crowded.remotes[remote], remote);
  } finally {
    await crowded.close();
  }
});

test("--by state --json is the eleven counts and nothing else", { skip, timeout: timeoutMs }, async () => {
  const { stdout } = await portolan(["connections", "--by", "state", "--json"], { before: crowd.inside });
  const counts = connectionStates.map((state) => `"${state}":${crowd.states[state]}`).join(",");
  assert.equal(stdout, `{"counts":{${counts}}}\n`);
});

test(
  "remotes are counted by address, mapped ones as IPv4, and prefixes hold the same",
  { skip, timeout: timeoutMs },
  async () => {
    const { rows, others } = await asked(crowd, "--by", "remote");
    assert.deepEqual(Object.fromEntries(rows.map(({ remote, sockets }) => [remote, sockets])), {
      ...crowd.remotes,
    });
    assert.deepEqual(others, { rows: 0, sockets: 0 });
    const byProc = await asked(crowd, "--by", "remote", "--no-ffi");
    assert.deepEqual(byProc.rows, rows);
    const prefixes = await asked(crowd, "--by", "prefix");
    const sum = (...remotes: string[]): number =>
      remotes.reduce((total, remote) => total + (crowd.remotes[remote] ?? 0), 0);
    assert.deepEqual(Object.fromEntries(prefixes.rows.map(({ remote, sockets }) => [remote, sockets])), {
      "127.0.0.0/24": sum("127.0.0.1", "127.0.0.2"),
      "198.51.100.0/24": sum("198.51.100.1", "198.51.100.9"),
      "2001:db8:1:2::/64": sum("2001:db8:1:2::1", "2001:db8:1:2::7"),
      "::/64": sum("::1"),
    });
  },
);

test("what a limit leaves out is counted together, exactly", { skip, timeout: timeoutMs }, async () => {
  const all = Object.values(crowd.remotes).reduce((sum, count) => sum + count, 0);
  const { rows, others } = await asked(crowd, "--by", "remote", "--limit", "2");
  assert.equal(rows.length, 2);
  assert.equal(others.rows, Object.keys(crowd.remotes).length - 2);
  assert.equal((rows[0]?.sockets ?? 0) + (rows[1]?.sockets ?? 0) + others.sockets, all);
});

test(
  "a port's sockets are those that ss filters, with the process that listens",
  { skip, timeout: timeoutMs },
  async () => {
    const { rows } = await asked(crowd, "--by", "port", "--port", "80,7000-7105");
    assert.equal(rows.length, 11);
    for (const { transport, port, sockets, processes } of rows) {
      assert.equal(transport, "tcp");
      assert.equal(
        sockets,
        lines(crowd.namespace.run("ss", "-Htan", `sport = :${port}`)).length,
        `port ${port}`,
      );
      assert.match(processes[0]?.name ?? "", /^python/);
    }
  },
);

test(
  "a process has the sockets that it holds, and no process those that none holds",
  { skip, timeout: timeoutMs },
  async () => {
    const { rows } = await asked(crowd, "--by", "process");
    const held = lines(crowd.namespace.run("ss", "-Htuanp")).filter((line) => line.includes("pid=")).length;
    const bound = crowd.states.CLOSED;
    assert.equal(rows.find(({ name }) => name?.startsWith("python") === true)?.sockets, held + bound);
    const nobody = rows.find(({ pid }) => pid === null);
    assert.equal(nobody?.counts["TIME-WAIT"], crowd.states["TIME-WAIT"]);
    assert.equal(nobody?.counts["SYN-RECEIVED"], crowd.states["SYN-RECEIVED"]);
  },
);

test("UDP sockets are counted with and without a peer", { skip, timeout: timeoutMs }, async () => {
  const { udp } = await asked<{ udp: Crowd["udp"] }>(crowd);
  assert.deepEqual(udp, crowd.udp);
  assert.equal(lines(crowd.namespace.run("ss", "-Huan")).length, udp.withPeer + udp.withoutPeer);
});

test(
  "saved output of ss, netstat and /proc/net counts as the machine itself",
  { skip, timeout: timeoutMs },
  async () => {
    const texts = {
      ss: crowd.namespace.run("ss", "-tan"),
      netstat: crowd.namespace.run("netstat", "-tanW"),
      "/proc/net": crowd.namespace.run("cat", "/proc/net/tcp", "/proc/net/tcp6"),
    };
    for (const [name, input] of Object.entries(texts)) {
      const words = ["connections", "--read", "-", "--json", "--by"];
      const states = await portolan([...words, "state"], { input, timeoutMs });
      const { counts } = JSON.parse(states.stdout) as { counts: ConnectionCounts };
      assert.deepEqual(counts, withoutBound(crowd.states), name);
      const remotes = await portolan([...words, "remote"], { input, timeoutMs });
      const tcp = (JSON.parse(remotes.stdout) as List).rows.reduce((sum, { sockets }) => sum + sockets, 0);
      assert.equal(
        tcp,
        Object.values(crowd.remotes).reduce((sum, count) => sum + count, 0) - crowd.udp.withPeer,
        name,
      );
    }
  },
);

test(
  "tcp-status prints one integer for each state in every spelling",
  { skip, timeout: timeoutMs },
  async () => {
    for (const state of connectionStates) {
      for (const spelling of [state, state.replaceAll("-", "_").toLowerCase()]) {
        const { code, stdout, stderr } = await portolan(["tcp-status", spelling, "what else"], {
          before: crowd.inside,
        });
        assert.equal(code, 0, stderr);
        assert.equal(stdout, `${crowd.states[state]}\n`, spelling);
      }
    }
  },
);

test("a listener's backlog is told with its most", { skip, timeout: timeoutMs }, async () => {
  const script = [
    "import socket,sys",
    "s=socket.create_server(('127.0.0.1',9999),backlog=7)",
    "c=[socket.create_connection(('127.0.0.1',9999)) for _ in range(3)]",
    "print('ready',flush=True)",
    "sys.stdin.read()",
  ].join("\n");
  const child = crowd.namespace.spawn("python3", ["-c", script], { stdio: ["pipe", "pipe", "inherit"] });
  try {
    await new Promise((resolve) => child.stdout?.once("data", resolve));
    const { listenQueues } = await asked<{ listenQueues: readonly Record<string, unknown>[] }>(crowd);
    assert.deepEqual(
      listenQueues.map(({ address, port, waiting, max }) => ({ address, port, waiting, max })),
      [{ address: "127.0.0.1", port: 9999, waiting: 3, max: 7 }],
    );
  } finally {
    child.stdin?.end();
    await new Promise((resolve) => child.once("exit", resolve));
  }
});

test("without any right the counts are the same", { skip, timeout: timeoutMs }, async () => {
  const { stdout, stderr } = await portolan(["connections", "--by", "state", "--json"], {
    before: [...crowd.inside, ...withoutRights],
  });
  assert.deepEqual(JSON.parse(stdout), { counts: crowd.states }, stderr);
  const byPort = await portolan(["connections", "--by", "port", "--port", "80"], {
    before: [...crowd.inside, ...withoutRights],
  });
  assert.match(byPort.stderr, /needs root or CAP_SYS_PTRACE/);
});

test("the kernel's counters are those of the namespace", { skip, timeout: timeoutMs }, async () => {
  // From now on every SYN is answered with a cookie.
  crowd.namespace.run("sysctl", "-qw", "net.ipv4.tcp_syncookies=2");
  const connects = "import socket; socket.create_connection(('127.0.0.1', 8080)).close()";
  crowd.namespace.run("python3", "-c", connects);
  const { kernel } = await asked<{ kernel: Readonly<Record<string, number | null>> }>(crowd);
  const [names = "", values = ""] = lines(crowd.namespace.run("cat", "/proc/net/netstat"));
  const value = (name: string): number => Number(values.split(" ")[names.split(" ").indexOf(name)]);
  assert.equal(kernel["listenOverflows"], value("ListenOverflows"));
  assert.equal(kernel["listenDrops"], value("ListenDrops"));
  assert.equal(kernel["synCookiesSent"], value("SyncookiesSent"));
  assert.equal(kernel["synCookiesReceived"], value("SyncookiesRecv"));
  assert.equal(kernel["synCookiesFailed"], value("SyncookiesFailed"));
  assert.ok(value("SyncookiesSent") > 0);
  const { stdout } = await portolan(["connections"], { before: crowd.inside });
  assert.match(stdout, /SYN cookies: [1-9]/);
});
