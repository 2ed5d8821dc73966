import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { readScanFile } from "../../src/sinks/exchange/scan-file.ts";
import { portolan, type Outcome } from "../cli/portolan.ts";
import { whyNoNamespaces } from "../support/namespace.ts";
import { withoutRights } from "./listening.ts";
import { createRoad, forbiddenPrefix, targetPrefix, targetPrefix6, type Road } from "./road.ts";

const skip = whyNoNamespaces("nft", "python3", "sysctl", "nmap") ?? false;
const skipWith = (...programs: readonly string[]): string | false =>
  whyNoNamespaces("nft", "python3", "sysctl", "nmap", ...programs) ?? false;
/** Of responders.py. */
const services = [53, 69, 88, 111, 123, 137, 161, 389, 443, 500, 1900, 3478, 4433, 5060, 5683, 11_211];
const mute = [514, 51_820];
const fragile = [515, 2222, 9100, 20_000, 44_818, 47_808];
const closed = [1, 2, 3, 4];
const portList = `U:${[...services, ...mute, ...closed].join(",")}`;
const timeoutMs = 120_000;
const dtd = "/usr/share/nmap/nmap.dtd";

interface Endpoint {
  readonly address: string;
  readonly transport: string;
  readonly port: number;
  readonly state: string;
  readonly reason: string;
}
interface Summary {
  readonly engine: string;
  readonly probes: number;
  readonly open: number;
  readonly closed: number;
  readonly filtered: number;
  readonly openFiltered: number;
  readonly unsure: number;
  readonly recall: number;
  readonly command?: string;
}

let road: Road;
const folder = mkdtempSync(join(tmpdir(), "portolan-udp-"));

/** Datagrams and bytes that printers and controllers got while `work` ran. */
async function withServices(work: () => Promise<void>): Promise<{ datagrams: number; bytes: number }> {
  const responders = road.target.spawn("python3", [join(import.meta.dirname, "responders.py")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  assert.ok(responders.stdout !== null && responders.stdin !== null);
  await once(responders.stdout, "data");
  try {
    await work();
  } finally {
    responders.stdin.end();
  }
  const [told] = (await once(responders.stdout, "data")) as [Buffer];
  return JSON.parse(told.toString()) as { datagrams: number; bytes: number };
}

before(() => {
  if (skip !== false) return;
  road = createRoad();
  // An error comes from the address that was asked only where it is one of the machine's own.
  road.target.run("ip", "address", "add", "2001:db8:19::5/128", "dev", "lo", "nodad");
});
after(() => {
  road?.close();
  rmSync(folder, { recursive: true });
});

function scan(words: readonly string[], wrap: readonly string[] = []): Promise<Outcome> {
  return portolan(["scan", ...words, "--scope", `${targetPrefix},${targetPrefix6}`], {
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
    .map((line) => JSON.parse(line) as { readonly type: string });
  const endpoints = lines.filter(({ type }) => type === "endpoint") as unknown as Endpoint[];
  const portsIn = (state: string): number[] =>
    endpoints
      .filter((each) => each.state === state)
      .map(({ port }) => port)
      .sort((a, b) => a - b);
  return {
    lines,
    endpoints,
    open: portsIn("open"),
    silent: portsIn("open|filtered"),
    summary: lines.at(-1) as unknown as Summary,
  };
}

/** Packets that reach the router and fit `match` while `work` runs. */
async function packets(match: string, work: () => Promise<unknown>): Promise<number> {
  road.router.run("nft", "add table inet count");
  road.router.run("nft", "add chain inet count input { type filter hook prerouting priority -300; }");
  road.router.run("nft", `add rule inet count input ${match} counter`);
  try {
    await work();
    const listed = road.router.run("nft", "list chain inet count input");
    return Number(/counter packets (\d+)/.exec(listed)?.[1]);
  } finally {
    road.router.run("nft", "delete table inet count");
  }
}

/** The target answers by these rules while `work` runs. */
async function withRules(rules: readonly string[], work: () => Promise<void>): Promise<void> {
  road.target.run("nft", "add table inet hurt");
  road.target.run("nft", "add chain inet hurt input { type filter hook input priority 0; }");
  road.target.run("nft", "add chain inet hurt output { type filter hook output priority 0; }");
  for (const rule of rules) road.target.run("nft", `add rule inet hurt ${rule}`);
  try {
    await work();
  } finally {
    road.target.run("nft", "delete table inet hurt");
  }
}

test(
  "each service is asked in its own protocol, over IPv4 and IPv6, with and without rights",
  { skip },
  async () => {
    await withServices(async () => {
      for (const [target, wrap] of [
        ["198.19.0.5", []],
        ["2001:db8:19::5", []],
        ["198.19.0.6", withoutRights],
      ] as const) {
        const { open, silent, summary, endpoints } = await found([target, "-p", portList], wrap);
        assert.deepEqual(open, services, target);
        assert.deepEqual(silent, mute, target);
        assert.equal(summary.engine, "udp");
        assert.deepEqual(
          [summary.closed, summary.openFiltered, summary.unsure],
          [closed.length, mute.length, 0],
        );
        assert.ok(endpoints.every(({ transport, address }) => transport === "udp" && address === target));
        assert.ok(summary.probes < 2 * (services.length + mute.length + closed.length), `${summary.probes}`);
      }
    });
  },
);

test("what nmap finds open we find open", { skip }, async () => {
  await withServices(async () => {
    const file = join(folder, "theirs.xml");
    const ports = [...services, ...mute, ...closed].join(",");
    road.scanner.run("nmap", "-n", "-Pn", "-sU", "-T4", "-p", ports, "198.19.0.7", "-oX", file);
    const theirs = (await readScanFile(file)).hosts.flatMap((host) =>
      host.ports.filter(({ state }) => state === "open").map(({ port }) => port),
    );
    assert.ok(theirs.length > 0);
    const { open } = await found(["198.19.0.7", "-p", portList]);
    for (const port of theirs) assert.ok(open.includes(port), `${port}`);
  });
});

test("a printer and a controller get no byte over UDP, in every mode", { skip }, async () => {
  const ports = `U:${[...fragile, 53, 123, ...closed].join(",")}`;
  for (const engine of ["udp", "nmap"] as const) {
    const counted = await withServices(async () => {
      const words = ["198.19.0.8", "-p", ports, ...(engine === "nmap" ? ["--engine", engine] : [])];
      const { open, silent } = await found(words);
      assert.deepEqual(open, [53, 123], engine);
      assert.deepEqual(silent, fragile, engine);
    });
    assert.equal(counted.bytes, 0, engine);
    assert.ok(counted.datagrams > 0);
    if (engine === "udp") assert.ok(counted.datagrams <= 2 * fragile.length, `${counted.datagrams}`);
  }
  const masscan = await scan(["198.19.0.8", "-p", ports, "--engine", "masscan"]);
  assert.equal(masscan.code, 2);
  assert.match(masscan.stderr, /--exclude-ports U:515,2222,9100,20000,44818,47808/);
});

test("a kernel that sends one ICMP error a second is not taken for open|filtered", { skip }, async () => {
  await withServices(async () => {
    // Linux' own limit, as it stands: 30 closed ports, of which it tells six at once.
    const { open, silent, summary } = await found(["198.19.0.9", "-p", "U:53,123,514,1001-1030"]);
    assert.deepEqual(open, [53, 123]);
    assert.deepEqual(silent, [514]);
    assert.deepEqual([summary.closed, summary.openFiltered, summary.unsure], [30, 1, 0]);
  });
});

test("a host that is silent costs two tries; one that refuses by a rule is filtered", { skip }, async () => {
  const rules = [
    "input ip daddr 198.19.0.10 udp dport 1-65535 drop",
    "input ip daddr 198.19.0.11 udp dport 1-65535 reject with icmp type admin-prohibited",
  ];
  await withRules(rules, async () => {
    const dropped = await found(["198.19.0.10", "-p", "U:53,1001-1020"]);
    assert.deepEqual(dropped.endpoints, []);
    assert.equal(dropped.summary.openFiltered, 21);
    assert.equal(dropped.summary.probes, 42);
    const refused = await found(["198.19.0.11", "-p", "U:53,1001-1004"]);
    assert.deepEqual(refused.endpoints, []);
    assert.deepEqual([refused.summary.filtered, refused.summary.closed], [5, 0]);
  });
});

test("of a host that sends no error but a few, the rest is told as unsure", { skip }, async () => {
  await withServices(async () => {
    const limit = "output ip saddr 198.19.0.12 icmp type destination-unreachable";
    const rules = [`${limit} limit rate 1/minute burst 3 packets accept`, `${limit} drop`];
    await withRules(rules, async () => {
      const words = ["scan", "198.19.0.12", "-p", "U:53,1001-1010", "--json"];
      const child = await portolan([...words, "--scope", targetPrefix], {
        before: ["nsenter", `--net=/run/netns/${road.scanner.name}`, "--", "timeout", "-s", "INT", "8"],
        timeoutMs,
      });
      const summary = JSON.parse(child.stdout.trim().split("\n").at(-1) ?? "") as Summary & {
        complete: boolean;
      };
      assert.equal(summary.complete, false);
      assert.equal(summary.open, 1);
      assert.equal(summary.closed, 3);
      assert.equal(summary.unsure, 7);
      assert.match(child.stdout, /"type":"errors-limited","address":"198\.19\.0\.12","unsure":7/);
    });
  });
});

test("loss both ways costs no open port", { skip }, async () => {
  await withServices(async () => {
    try {
      for (const loss of [0.02, 0.1]) {
        road.lose(loss);
        const words = ["198.19.1.0/28", "-p", `U:${services.join(",")}`, "--miss", "0.01%"];
        const { open } = await found(words);
        assert.equal(open.length, 16 * services.length, `${loss}`);
      }
    } finally {
      road.lose(0);
    }
  });
});

test(
  "no datagram leaves the scope or goes to what is excluded, and a dry run sends none",
  { skip },
  async () => {
    const sent = await packets(`ip daddr ${forbiddenPrefix}`, async () => {
      const refused = await scan(["198.19.0.5", "198.19.130.1", "-p", "U:53"]);
      assert.equal(refused.code, 77);
      const words = ["198.19.127.250-198.19.128.9", "-p", "U:53,123", "--exclude", forbiddenPrefix];
      await portolan(["scan", ...words, "--scope", "198.19.0.0/16"], {
        before: ["nsenter", `--net=/run/netns/${road.scanner.name}`, "--"],
        timeoutMs,
      });
    });
    assert.equal(sent, 0);
    const excluded = await packets("udp dport 161", () =>
      found(["198.19.0.5", "-p", "U:1,161-162", "--exclude-ports", "161"]),
    );
    assert.equal(excluded, 0);
    const dry = await packets("meta l4proto udp", async () => {
      const { stdout } = await scan(["198.19.0.0/24", "-p", "T:22,U:161,1", "--rate", "100", "--dry-run"]);
      // SNMP is asked in three versions.
      assert.match(stdout, /256 addresses × 3 ports = 1280 packets/);
      assert.match(stdout, /2 ports over UDP/);
      assert.match(stdout, /13 s/);
    });
    assert.equal(dry, 0);
  },
);

test("TCP and UDP in one scan, in every format", { skip: skipWith("xmllint") }, async () => {
  await withServices(async () => {
    const words = ["198.19.0.13", "-p", "T:22,80,U:53,123,514,1,2"];
    const { endpoints, summary } = await found(words);
    assert.equal(summary.engine, "syn+udp");
    assert.deepEqual([summary.open, summary.closed, summary.openFiltered], [2, 4, 1]);
    assert.equal(endpoints.length, 3);
    const table = await scan(words);
    assert.match(table.stdout, /198\.19\.0\.13 +53\/udp +open +udp-response/);
    assert.match(table.stdout, /198\.19\.0\.13 {2}1 UDP port open\|filtered: no answer/);
    const xml = (await scan([...words, "--format", "nmap-xml"])).stdout;
    const file = join(folder, "ours.xml");
    writeFileSync(file, xml);
    road.scanner.run("xmllint", "--noout", "--dtdvalid", dtd, file);
    assert.match(xml, /<scaninfo type="udp" protocol="udp" numservices="5" services="1-2,53,123,514"\/>/);
    const { hosts, scanned } = await readScanFile(file);
    assert.deepEqual(
      hosts.flatMap(({ ports }) =>
        ports.map(({ transport, port, state }) => `${port}/${transport} ${state}`),
      ),
      ["53/udp open", "123/udp open", "514/udp open|filtered"],
    );
    assert.deepEqual(
      hosts[0]?.extra.map(({ state, transport, count }) => `${count} ${transport} ${state}`),
      ["2 tcp closed", "2 udp closed"],
    );
    assert.deepEqual(Object.keys(scanned ?? {}), ["tcp", "udp"]);
    const grepable = (await scan([...words, "--format", "grepable"])).stdout;
    assert.match(grepable, /Ports: 53\/open\/udp\/{5}, 123\/open\/udp\/{5}, 514\/open\|filtered\/udp\/{5}/);
    const masscan = (await scan([...words, "--format", "masscan-json"])).stdout;
    assert.match(masscan, /"port":53,"proto":"udp","status":"open","reason":"udp-response"/);
  });
});

for (const engine of ["nmap", "masscan"] as const) {
  test(`${engine} as the engine is given the UDP ports too`, { skip: skipWith(engine) }, async () => {
    await withServices(async () => {
      const words = ["198.19.0.14", "-p", "T:22,U:53,161,123", "--engine", engine, "--rate", "500"];
      const { open, summary } = await found(words);
      // masscan writes what it holds back only when some later packet comes: that it answers at all is its own affair.
      if (engine === "nmap") assert.deepEqual(open, [53, 123, 161]);
      assert.match(
        summary.command ?? "",
        engine === "nmap" ? /-sS -sU .*-p T:22,U:53,123,161/ : /-p T:22,U:53,123,161/,
      );
    });
  });
}

test("a list of ports that cannot be read is refused at its character", { skip }, async () => {
  for (const [ports, at] of [
    ["22,X:53", 4],
    ["U:53,x", 6],
    ["T:22,U:70000", 8],
    ["U:", 3],
  ] as const) {
    const { code, stderr } = await scan(["198.19.0.1", "-p", ports]);
    assert.equal(code, 2, stderr);
    assert.match(stderr, new RegExp(`--ports: ${ports}: .*\\(character ${at}\\)`));
  }
});
