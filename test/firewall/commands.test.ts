// Both firewalls hold to one contract, told through a shell as a person would paste it.
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import test, { type TestContext } from "node:test";
import type { Blocked, Command, FirewallCommands } from "../../src/sinks/firewall/command.ts";
import { shellLine } from "../../src/sinks/firewall/command.ts";
import { cutCommands } from "../../src/sinks/firewall/cut-commands.ts";
import { ipsetCommands } from "../../src/sinks/firewall/ipset-commands.ts";
import { nftCommands } from "../../src/sinks/firewall/nft-commands.ts";
import { createNamespace, type Namespace, whyNoNamespaces } from "../support/namespace.ts";

/** The host is 10.77.0.1 and fd77::1; these are its clients. */
const bystander = "10.77.0.2";
const attacker = "10.77.1.9";
const admin = "10.77.1.10";
const attacker6 = "fd77::9";
const port = 8_099;

interface Stage {
  readonly host: Namespace;
  readonly clients: Namespace;
  readonly tell: (commands: readonly Command[]) => string;
  /** What a client hears: `open`, `ECONNREFUSED` or `silence`. */
  readonly heard: (from: string) => string;
}

const serve = `require("node:net").createServer((socket) => socket.on("error", () => {})).listen(${port}, "::", () => console.log("ready"))`;
const connectOnce = `
const [localAddress, host] = process.argv.slice(1);
const socket = require("node:net").connect({ host, port: ${port}, localAddress });
const tell = (word) => { console.log(word); process.exit(); };
socket.on("connect", () => tell("open"));
socket.on("error", (error) => tell(error.code));
setTimeout(() => tell("silence"), 700);
`;

async function stage(t: TestContext): Promise<Stage> {
  const host = createNamespace();
  const clients = createNamespace();
  t.after(() => [host, clients].forEach((namespace) => namespace.close()));
  host.run("ip", "link", "add", "fw0", "type", "veth", "peer", "name", "fw1", "netns", clients.name);
  host.run("ip", "address", "add", "10.77.0.1/16", "dev", "fw0");
  host.run("ip", "-6", "address", "add", "fd77::1/64", "dev", "fw0", "nodad");
  for (const address of [bystander, attacker, admin]) {
    clients.run("ip", "address", "add", `${address}/16`, "dev", "fw1");
  }
  clients.run("ip", "-6", "address", "add", `${attacker6}/64`, "dev", "fw1", "nodad");
  host.run("ip", "link", "set", "fw0", "up");
  clients.run("ip", "link", "set", "fw1", "up");
  const server = host.spawn(process.execPath, ["-e", serve], { stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => server.kill());
  assert.ok(server.stdout);
  await once(server.stdout, "data");
  return {
    host,
    clients,
    tell: (commands) => commands.map((command) => host.run("sh", "-c", shellLine(command))).join(""),
    heard: (from) => {
      const to = from.includes(":") ? "fd77::1" : "10.77.0.1";
      return clients.run(process.execPath, "-e", connectOnce, from, to).trim();
    },
  };
}

const drop = (target: string): Blocked => ({ target, action: "drop" });
const reject = (target: string): Blocked => ({ target, action: "reject" });
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function holdsContract(name: string, commands: FirewallCommands, programs: readonly string[]): void {
  const skip = whyNoNamespaces("sh", ...programs) ?? false;

  test(`${name}: prepared as often as one likes, what is blocked stays`, { skip }, async (t) => {
    const { tell, heard } = await stage(t);
    tell(commands.prepare([admin]));
    assert.equal(heard(attacker), "open");
    tell(commands.block(drop(attacker), 60_000, []));
    tell(commands.prepare([admin, "10.1.0.0/16", "10.1.2.0/24", "fe80::1%eth0", "::/0"]));
    assert.equal(heard(attacker), "silence");
    tell(commands.unblock(drop(attacker)));
    tell(commands.unblock(drop(attacker)));
    assert.equal(heard(attacker), "open");
  });

  test(
    `${name}: a prefix is dropped but for whom we never block, and bystanders are served`,
    { skip },
    async (t) => {
      const { tell, heard } = await stage(t);
      tell(commands.prepare([admin]));
      tell(commands.block(drop("10.77.1.0/24"), 60_000, []));
      assert.deepEqual([attacker, admin, bystander].map(heard), ["silence", "open", "open"]);
      tell(commands.prepare(["0.0.0.0/0"]));
      assert.equal(heard(attacker), "open");
    },
  );

  test(`${name}: reject answers, in both families, and a change of the action holds`, { skip }, async (t) => {
    const { tell, heard } = await stage(t);
    tell(commands.prepare([]));
    for (const target of [attacker, "10.77.1.0/24", attacker6, "fd77::8/125"]) {
      const from = target.includes(":") ? attacker6 : attacker;
      assert.equal(heard(from), "open");
      tell(commands.block(drop(target), 60_000, []));
      tell(commands.block(reject(target), 60_000, [drop(target)]));
      assert.equal(heard(from), "ECONNREFUSED", target);
      tell(commands.unblock(reject(target)));
    }
  });

  test(`${name}: a block ends by itself, a time that is set anew counts`, { skip }, async (t) => {
    const { tell, heard } = await stage(t);
    tell(commands.prepare([]));
    tell(commands.block(drop(attacker), 2_000, []));
    tell(commands.block(drop("10.77.0.0/30"), 2_000, []));
    tell(commands.block(drop("10.77.0.0/30"), 60_000, [drop("10.77.0.0/30")]));
    await pause(3_200);
    assert.deepEqual([attacker, bystander].map(heard), ["open", "silence"]);
  });

  test(`${name}: a wider prefix takes the place of narrower ones`, { skip }, async (t) => {
    const { tell, heard } = await stage(t);
    tell(commands.prepare([]));
    const narrow = ["10.77.1.0/28", "10.77.1.16/28"].map(drop);
    for (const block of narrow) tell(commands.block(block, 60_000, []));
    tell(commands.block(drop("10.77.1.0/24"), 60_000, narrow));
    assert.equal(heard(attacker), "silence");
    assert.doesNotMatch(tell(commands.list()), /"len": 28|\/28/);
    tell(commands.unblock(drop("10.77.1.0/24")));
    assert.equal(heard(attacker), "open");
  });

  test(
    `${name}: what is blocked is listed with its time, and nothing is left after removal`,
    { skip },
    async (t) => {
      const { host, tell, heard } = await stage(t);
      tell(commands.prepare([admin]));
      tell(commands.block(drop(attacker), 60_000, []));
      assert.match(tell(commands.list()), /10\.77\.1\.9\D+(?:"timeout": 60, "expires": \d+|timeout \d+)/);
      tell(commands.remove());
      assert.equal(heard(attacker), "open");
      for (const program of programs.filter((one) => one !== "sh")) {
        if (program === "ipset") assert.equal(host.run("ipset", "list", "-n"), "");
        if (program === "nft") assert.equal(host.run("nft", "list", "ruleset"), "");
        if (program.endsWith("tables")) assert.doesNotMatch(host.run(program, "-S"), /PORTOLAN/);
      }
    },
  );
}

holdsContract("nftables", nftCommands, ["nft"]);
holdsContract("iptables", ipsetCommands, ["ipset", "iptables", "ip6tables"]);

const cutSkip = whyNoNamespaces("ss", "conntrack") ?? false;

const hold = `
const [localAddress, host] = process.argv.slice(1);
const socket = require("node:net").connect({ host, port: ${port}, localAddress }, () => console.log("open"));
socket.on("error", () => {});
socket.on("close", () => process.exit());
`;

test("what is connected is cut, in both families, and a bystander is not", { skip: cutSkip }, async (t) => {
  const { clients, tell } = await stage(t);
  const connected = async (from: string): Promise<ChildProcess> => {
    const to = from.includes(":") ? "fd77::1" : "10.77.0.1";
    const client = clients.spawn(process.execPath, ["-e", hold, from, to], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    t.after(() => client.kill());
    assert.ok(client.stdout);
    await once(client.stdout, "data");
    return client;
  };
  const other = await connected(bystander);
  for (const [from, target] of [
    [attacker, attacker],
    [attacker, "10.77.1.0/24"],
    [attacker6, attacker6],
    [attacker6, "fd77::8/125"],
  ] as const) {
    const victim = await connected(from);
    const closed = once(victim, "close");
    tell(cutCommands(target));
    await closed;
  }
  assert.equal(other.exitCode, null);
});
