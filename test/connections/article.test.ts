// The commands of "使用netstat检测及监测网络连接" (2017), as written there, beside what docs/connections.md says instead.
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { portolan } from "../cli/portolan.ts";
import { whyNoNamespaces } from "../support/namespace.ts";
import { createCrowd, crowdNeeds } from "./crowd.ts";
import type { Crowd } from "./crowd.ts";

const skip = whyNoNamespaces(...crowdNeeds) ?? false;
const options = { skip, timeout: 120_000 };

let crowd: Crowd;
before(async () => {
  if (skip === false) crowd = await createCrowd(100);
});
after(() => (skip === false ? crowd.close() : undefined));

/** Lines that a pipeline of the article prints. */
function article(pipeline: string): string[] {
  // Where nothing is found, grep ends with 1.
  return crowd.namespace
    .run("sh", "-c", `{ ${pipeline}; } 2>/dev/null || true`)
    .split("\n")
    .filter((line) => line.trim() !== "");
}

/** `uniq -c` → count by the rest of the line. */
const tally = (printed: readonly string[]): Map<string, number> =>
  new Map(printed.map((line) => [line.trim().split(/\s+/)[1] ?? "", Number(line.trim().split(/\s+/)[0])]));

interface Row {
  readonly remote: string;
  readonly sockets: number;
  readonly transport: string;
  readonly state: string | null;
  readonly remoteAddress: string | null;
}

async function rowsOf(...words: string[]): Promise<readonly Row[]> {
  const { code, stdout, stderr } = await portolan(["connections", ...words, "--json"], {
    before: crowd.inside,
  });
  assert.equal(code, 0, stderr);
  return (JSON.parse(stdout) as { rows: readonly Row[] }).rows;
}

const remotes = async (...words: string[]): Promise<Map<string, number>> =>
  new Map((await rowsOf("--by", "remote", ...words)).map(({ remote, sockets }) => [remote, sockets]));

const sum = (counts: Iterable<number>): number => [...counts].reduce((total, count) => total + count, 0);
const isV4 = (address: string): boolean => /^\d+\.\d+\.\d+\.\d+$/.test(address);

/** Same numbers for IPv4; what was IPv6 is in the article's output an empty word or a stump. */
function assertSameRemotes(theirs: Map<string, number>, ours: Map<string, number>): void {
  const four = (counts: Map<string, number>): [string, number][] =>
    [...counts].filter(([address]) => isV4(address)).sort(([a], [b]) => (a < b ? -1 : 1));
  assert.deepEqual(four(theirs), four(ours));
  assert.ok(four(ours).length >= 3);
  const six = [...ours].filter(([address]) => !isV4(address));
  // The heading of netstat goes down the same pipe: `and` of "servers and established", `Foreign` of "Address".
  const stumps = [...theirs].filter(
    ([word]) => !isV4(word) && !/^(and|servers\)|Address|Foreign)$/.test(word),
  );
  assert.deepEqual(
    stumps.map(([word]) => word).sort(),
    ["", "2001"].filter((word) => stumps.some(([stump]) => stump === word)),
    "the article cuts every IPv6 address at its first colon",
  );
  assert.equal(sum(stumps.map(([, count]) => count)), sum(six.map(([, count]) => count)));
}

test("netstat -na: all sockets are listed", options, async () => {
  const theirs = article("netstat -na").filter((line) => /^(tcp|udp)/.test(line));
  const ours = await rowsOf("--by", "socket");
  assert.equal(ours.length, theirs.length + crowd.states.CLOSED, "and those that are only bound");
});

test("netstat -aultnp: listeners, and more than the article says", options, async () => {
  const theirs = article("netstat -aultnp").filter((line) => /^tcp.*LISTEN/.test(line));
  assert.equal((await rowsOf("--by", "socket", "--state", "LISTEN")).length, theirs.length);
  assert.ok(article("netstat -aultnp").some((line) => line.includes("ESTABLISHED")));
});

test("grep 80 and grep :80 find other ports too, --port 80 does not", options, async () => {
  const ours = await rowsOf("--by", "socket", "--port", "80");
  const exact = article("netstat -ant | awk '$4 ~ /:80$/'").length;
  assert.equal(ours.length, exact);
  assert.ok(article("netstat -aultnp | grep :80 | sort").length > exact);
  assert.ok(Number(article("netstat -aultnp | grep :80 | wc -l")[0]) > exact);
  assert.ok(article("netstat -aultnp | grep 80").length >= article("netstat -aultnp | grep :80").length);
});

test("grep SYN_REC: half-open connections, their number and their remotes", options, async () => {
  const { stdout } = await portolan(["tcp-status", "SYN_REC"], { before: crowd.inside });
  assert.equal(stdout, `${article("netstat -n -p|grep SYN_REC | wc -l")[0]}\n`);
  const rows = await rowsOf("--by", "socket", "--state", "SYN_REC");
  assert.equal(rows.length, article("netstat -n -p | grep SYN_REC | sort -u").length);
  const printed = article("netstat -n -p | grep SYN_REC | awk '{print $5}' | awk -F: '{print $1}'");
  const four = [...(await remotes("--state", "SYN_REC"))].filter(([address]) => isV4(address));
  assert.equal(printed.filter(isV4).length, sum(four.map(([, count]) => count)));
});

test("connections of each remote, TCP and UDP", options, async () => {
  const theirs = article("netstat -ntu | awk '{print $5}' | cut -d: -f1 | sort | uniq -c | sort -n");
  assertSameRemotes(tally(theirs), await remotes());
});

test("grep 'tcp|udp' never finds anything", options, () => {
  const pipeline = "netstat -anp |grep 'tcp|udp' | awk '{print $5}' | cut -d: -f1 | sort | uniq -c | sort -n";
  assert.deepEqual(article(pipeline), []);
});

test(
  "established connections of each remote; UDP sockets with a peer are among the article's",
  options,
  async () => {
    const theirs = tally(
      article("netstat -ntu | grep ESTAB | awk '{print $5}' | cut -d: -f1 | sort | uniq -c | sort -nr"),
    );
    const ours = await remotes("--state", "ESTABLISHED");
    const udp = article("netstat -nu | grep ESTAB").length;
    assert.equal(udp, crowd.udp.withPeer);
    assert.equal(sum(theirs.values()), sum(ours.values()) + udp);
    assert.equal(theirs.get("198.51.100.9"), ours.get("198.51.100.9"));
  },
);

test("remotes of one port", options, async () => {
  const ours = await remotes("--port", "80");
  const exact = tally(article("netstat -ant | awk '$4 ~ /:80$/ {print $5}' | cut -d: -f1 | sort | uniq -c"));
  for (const [address, count] of ours) if (isV4(address)) assert.equal(exact.get(address), count, address);
  const theirs = tally(
    article("netstat -plan|grep :80|awk {'print $5'}|cut -d: -f 1|sort|uniq -c|sort -nk 1"),
  );
  assert.ok((theirs.get("198.51.100.9") ?? 0) > (ours.get("198.51.100.9") ?? 0), "with those of 8080");
});
