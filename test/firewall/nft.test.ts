import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Command } from "../../src/sinks/firewall/command.ts";
import { shellLine } from "../../src/sinks/firewall/command.ts";
import { nftCommands } from "../../src/sinks/firewall/nft-commands.ts";
import { createNamespace, type Namespace, whyNoNamespaces } from "../support/namespace.ts";

const reason = whyNoNamespaces("nft", "sh");
const skip = reason ?? false;

let host: Namespace;
let clients: Namespace;

/** Where each of them speaks from; the host is 10.77.0.1 and fd77::1. */
const bystander = "10.77.0.2";
const attacker = "10.77.1.9";
const admin = "10.77.1.10";
const attacker6 = "fd77::9";

before(() => {
  if (reason) return;
  host = createNamespace();
  clients = createNamespace();
  host.run("ip", "link", "add", "fw0", "type", "veth", "peer", "name", "fw1", "netns", clients.name);
  host.run("ip", "address", "add", "10.77.0.1/16", "dev", "fw0");
  host.run("ip", "-6", "address", "add", "fd77::1/64", "dev", "fw0", "nodad");
  for (const address of [bystander, attacker, admin]) {
    clients.run("ip", "address", "add", `${address}/16`, "dev", "fw1");
  }
  clients.run("ip", "-6", "address", "add", `${attacker6}/64`, "dev", "fw1", "nodad");
  host.run("ip", "link", "set", "fw0", "up");
  clients.run("ip", "link", "set", "fw1", "up");
  tell(nftCommands.prepare([admin]));
});

after(() => {
  host?.close();
  clients?.close();
});

/** Through a shell, so that the lines to paste are what is tried. */
function tell(commands: readonly Command[]): void {
  for (const command of commands) host.run("sh", "-c", shellLine(command));
}

const connectOnce = `
const [localAddress, host] = process.argv.slice(1);
const socket = require("node:net").connect({ host, port: 9, localAddress });
const tell = (word) => { console.log(word); process.exit(); };
socket.on("connect", () => tell("open"));
socket.on("error", (error) => tell(error.code));
setTimeout(() => tell("silence"), 700);
`;

/** What a client hears from a closed port of the host: ECONNREFUSED while it is heard, silence when it is dropped. */
const heard = (from: string): string =>
  clients.run(process.execPath, "-e", connectOnce, from, from.includes(":") ? "fd77::1" : "10.77.0.1").trim();

const resets = (): number => {
  const chain = host.run("nft", "list", "chain", "inet", "portolan", "blocked");
  return [...chain.matchAll(/counter packets (\d+) .* reject with tcp reset/g)].reduce(
    (sum, [, packets]) => sum + Number(packets),
    0,
  );
};

test("the table is made as often as one likes, and what is blocked stays", { skip }, () => {
  const block = { target: attacker, action: "drop" } as const;
  tell(nftCommands.block(block, 60_000, []));
  tell(nftCommands.prepare([admin, "0.0.0.0/0", "::/0"]));
  tell(nftCommands.prepare([admin, "10.1.0.0/16", "10.1.2.0/24", "fe80::1%eth0"]));
  assert.equal(heard(attacker), "silence");
  tell(nftCommands.unblock(block));
  tell(nftCommands.unblock(block));
  assert.equal(heard(attacker), "ECONNREFUSED");
});

test("a prefix is dropped but for whom we never block, and bystanders are heard", { skip }, () => {
  const block = { target: "10.77.1.0/24", action: "drop" } as const;
  tell(nftCommands.block(block, 60_000, []));
  assert.deepEqual([attacker, admin, bystander].map(heard), ["silence", "ECONNREFUSED", "ECONNREFUSED"]);
  tell(nftCommands.unblock(block));
});

test("reject answers with a reset, in both families", { skip }, () => {
  for (const target of [attacker, "10.77.1.0/24", attacker6, "fd77::8/125"]) {
    const block = { target, action: "reject" } as const;
    const former = resets();
    tell(nftCommands.block(block, 60_000, []));
    assert.equal(heard(target.includes(":") ? attacker6 : attacker), "ECONNREFUSED");
    assert.ok(resets() > former, target);
    tell(nftCommands.unblock(block));
  }
});

test("a time is set anew, and a wider prefix replaces narrower ones", { skip }, () => {
  const narrow = { target: "10.77.1.0/28", action: "drop" } as const;
  const other = { target: "10.77.1.16/28", action: "drop" } as const;
  const wide = { target: "10.77.1.0/24", action: "drop" } as const;
  tell(nftCommands.block(narrow, 60_000, []));
  tell(nftCommands.block(narrow, 3_600_000, [narrow]));
  tell(nftCommands.block(other, 60_000, []));
  const listed = host.run("nft", "list", "set", "inet", "portolan", "drop_v4_nets");
  assert.match(listed, /10\.77\.1\.0\/28 timeout 1h/);
  tell(nftCommands.block(wide, 120_000, [narrow, other]));
  const after = host.run("nft", "list", "set", "inet", "portolan", "drop_v4_nets");
  assert.match(after, /elements = \{ 10\.77\.1\.0\/24 timeout 2m/);
  tell(nftCommands.unblock(wide));
});

test("a block ends by itself", { skip }, async () => {
  tell(nftCommands.block({ target: attacker, action: "drop" }, 2_000, []));
  assert.equal(heard(attacker), "silence");
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  assert.equal(heard(attacker), "ECONNREFUSED");
});

test("the list is JSON with the time left, and nothing is left after removal", { skip }, () => {
  tell(nftCommands.block({ target: attacker, action: "drop" }, 60_000, []));
  const [list] = nftCommands.list();
  const { nftables } = JSON.parse(host.run("sh", "-c", shellLine(list ?? { args: [] }))) as {
    nftables: { set?: { name: string; elem?: { elem: { val: string; expires: number } }[] } }[];
  };
  const set = nftables.find((one) => one.set?.name === "drop_v4")?.set;
  assert.equal(set?.elem?.[0]?.elem.val, attacker);
  assert.ok((set?.elem?.[0]?.elem.expires ?? 0) > 50);
  tell(nftCommands.remove());
  tell(nftCommands.remove());
  assert.equal(host.run("nft", "list", "ruleset").trim(), "");
});
