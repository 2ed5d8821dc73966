import assert from "node:assert/strict";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { portolan, type Outcome } from "../cli/portolan.ts";
import { whyNoNamespaces, type Namespace } from "../support/namespace.ts";
import { listenIn, withoutRights } from "./listening.ts";
import { createRoad, targetPrefix, targetPrefix6, type Road } from "./road.ts";

const skip = whyNoNamespaces("nft", "python3", "sysctl") ?? false;
const timeoutMs = 120_000;
/** Both are the scanner's own link, without a way out. */
const link = "198.18.0.0/24";
const link6 = "2001:db8:18::/112";

interface Line {
  readonly type: string;
  readonly address: string;
  readonly reason: string;
  readonly port?: number;
  readonly alive?: number;
}

let road: Road;
let stop: () => Promise<void>;

before(async () => {
  if (skip !== false) return;
  road = createRoad();
  const responders = road.target.spawn("python3", [join(import.meta.dirname, "responders.py")], {
    stdio: ["pipe", "ignore", "inherit"],
  });
  const closePorts = await listenIn(road.target, [22, 8080]);
  stop = async () => {
    responders.stdin?.end();
    await closePorts();
  };
  forbid(road.target, [
    "ip daddr 198.19.2.2 icmp type echo-request drop",
    "ip daddr 198.19.2.3 icmp type echo-request drop",
    "ip daddr 198.19.2.3 meta l4proto tcp drop",
    "ip daddr 198.19.2.4-198.19.2.9 drop",
    "ip6 daddr 2001:db8:19::2 icmpv6 type echo-request drop",
    "ip6 daddr 2001:db8:19::3-2001:db8:19::6 drop",
  ]);
  // They answer ARP and neighbour discovery, and nothing else.
  road.router.run("ip", "address", "add", "198.18.0.7/24", "dev", "west");
  road.router.run("ip", "address", "add", "2001:db8:18::7/64", "dev", "west", "nodad");
  forbid(road.router, [
    "ip daddr 198.18.0.7 drop",
    "ip6 daddr 2001:db8:18::7 icmpv6 type echo-request drop",
    "ip6 daddr 2001:db8:18::7 meta l4proto { tcp, udp } drop",
  ]);
});
after(async () => {
  await stop?.();
  road?.close();
});

function forbid(namespace: Namespace, rules: readonly string[]): void {
  namespace.run("nft", "add table inet forbid");
  namespace.run("nft", "add chain inet forbid input { type filter hook input priority 0; }");
  for (const rule of rules) namespace.run("nft", `add rule inet forbid input ${rule}`);
}

function scan(words: readonly string[], wrap: readonly string[] = []): Promise<Outcome> {
  const scope = [targetPrefix, targetPrefix6, link, link6].join(",");
  return portolan(["scan", ...words, "--discover", "--scope", scope], {
    before: ["nsenter", `--net=/run/netns/${road.scanner.name}`, "--", ...wrap],
    timeoutMs,
  });
}

async function found(words: readonly string[], wrap: readonly string[] = []) {
  const { code, stdout, stderr } = await scan([...words, "--json"], wrap);
  assert.equal(code, 0, stderr);
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
  const of = (type: string): Line[] => lines.filter((line) => line.type === type);
  const hosts = of("host").map(({ address, reason }) => `${address} ${reason}`);
  return { hosts: hosts.sort(), endpoints: of("endpoint"), summary: lines.at(-1), stderr };
}

test("who answers echo, TCP or UDP is alive, and only those are scanned", { skip }, async () => {
  const { hosts, endpoints, summary } = await found(["198.19.2.1-9", "-p", "8080,U:123"]);
  assert.deepEqual(hosts, ["198.19.2.1 echo-reply", "198.19.2.2 syn-ack", "198.19.2.3 udp-response"]);
  assert.equal(summary?.alive, 3);
  assert.deepEqual(endpoints.map(({ address, port }) => `${address}:${port}`).sort(), [
    "198.19.2.1:123",
    "198.19.2.1:8080",
    "198.19.2.2:123",
    "198.19.2.2:8080",
    "198.19.2.3:123",
  ]);
  const six = await found(["2001:db8:19::1", "2001:db8:19::2", "2001:db8:19::4", "-p", "8080"]);
  assert.deepEqual(six.hosts, ["2001:db8:19::1 echo-reply", "2001:db8:19::2 syn-ack"]);
});

test("without it every address is scanned, also a silent one", { skip }, async () => {
  const { stdout } = await portolan(
    ["scan", "198.19.2.3", "-p", "U:123", "--scope", targetPrefix, "--json"],
    { before: ["nsenter", `--net=/run/netns/${road.scanner.name}`, "--"], timeoutMs },
  );
  assert.match(stdout, /"port":123/);
  assert.doesNotMatch(stdout, /"type":"host"/);
});

test(
  "on the link a host that drops everything is found by ARP and by neighbour discovery",
  { skip },
  async () => {
    const { hosts } = await found([link, "-p", "1"]);
    assert.deepEqual(hosts, ["198.18.0.1 echo-reply", "198.18.0.2 echo-reply", "198.18.0.7 arp-response"]);
    const six = await found(["2001:db8:18::1", "2001:db8:18::7", "2001:db8:18::9", "-p", "1"]);
    assert.deepEqual(six.hosts, ["2001:db8:18::1 echo-reply", "2001:db8:18::7 nd-response"]);
  },
);

test("without rights it does without echo, and says so", { skip }, async () => {
  const { hosts, stderr } = await found(["198.19.2.1-4", "-p", "8080"], withoutRights);
  assert.deepEqual(hosts, ["198.19.2.1 syn-ack", "198.19.2.2 syn-ack", "198.19.2.3 udp-response"]);
  assert.match(stderr, /ICMP echo needs root/);
});

test(
  "the table counts them, a file names them, and where nobody is alive nothing is scanned",
  { skip },
  async () => {
    const table = await scan(["198.19.2.1-9", "-p", "8080"]);
    assert.match(table.stderr, /3 of 9 addresses alive/);
    const file = await scan(["198.19.2.3", "-p", "8080", "--format", "nmap-xml"]);
    assert.match(file.stdout, /<hosts up="1"/);
    const none = await found(["198.19.2.4-5", "-p", "8080"]);
    assert.deepEqual(none.hosts, []);
    assert.equal(none.summary?.alive, 0);
  },
);

test("exclusions and the scope hold for it, and a dry run sends nothing", { skip }, async () => {
  const count = async (match: string, work: () => Promise<unknown>): Promise<number> => {
    road.router.run("nft", "add table inet count");
    road.router.run("nft", "add chain inet count input { type filter hook prerouting priority -300; }");
    road.router.run("nft", `add rule inet count input ${match} counter`);
    await work();
    const listed = road.router.run("nft", "list chain inet count input");
    road.router.run("nft", "delete table inet count");
    return Number(/counter packets (\d+)/.exec(listed)?.[1]);
  };
  const words = ["198.19.2.1-9", "-p", "8080", "--exclude", "198.19.2.5", "--exclude-ports", "22,161"];
  const strangers = [
    "ip daddr 198.19.2.5",
    "ip daddr 198.19.2.0/24 tcp dport 22",
    "ip daddr 198.19.2.0/24 udp dport 161",
  ];
  for (const match of strangers) assert.equal(await count(match, () => found(words)), 0, match);
  assert.equal(await count("ip daddr 198.19.130.1", () => scan(["198.19.130.1", "-p", "1"])), 0);
  assert.equal(
    await count("ip daddr 198.19.2.0/24", async () => {
      const { stdout } = await scan([...words, "--dry-run"]);
      assert.match(stdout, /before that at most 176 packets/);
    }),
    0,
  );
});
