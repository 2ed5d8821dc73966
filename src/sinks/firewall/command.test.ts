import assert from "node:assert/strict";
import test from "node:test";
import { shellLine } from "./command.ts";
import { cutCommands } from "./cut-commands.ts";
import { ipsetCommands } from "./ipset-commands.ts";
import { nftCommands } from "./nft-commands.ts";

const v4 = { target: "203.0.113.0/24", action: "drop" } as const;
const v6 = { target: "2001:db8::7", action: "reject" } as const;
const lines = (commands: ReturnType<typeof cutCommands>): string[] => commands.map(shellLine);

test("a line to paste quotes what a shell would read otherwise", () => {
  assert.equal(shellLine({ args: ["nft", "add x { y }"] }), "nft 'add x { y }'");
  assert.equal(shellLine({ args: ["echo", "it's", "$(reboot)"] }), "echo 'it'\\''s' '$(reboot)'");
  assert.equal(shellLine({ args: ["a"], unless: ["b", "c"] }), "b c >/dev/null 2>&1 || a");
});

test("an nft block sets the time anew, after what overlaps it is gone", () => {
  const narrow = { target: "203.0.113.0/25", action: "drop" } as const;
  assert.deepEqual(lines(nftCommands.block(v4, 90_500, [narrow, v4])), [
    "nft 'add element inet portolan drop_v4_nets { 203.0.113.0/25 }; " +
      "delete element inet portolan drop_v4_nets { 203.0.113.0/25 }'",
    "nft 'add element inet portolan drop_v4_nets { 203.0.113.0/24 }; " +
      "delete element inet portolan drop_v4_nets { 203.0.113.0/24 }; " +
      "add element inet portolan drop_v4_nets { 203.0.113.0/24 timeout 91s }'",
  ]);
  assert.match(
    lines(nftCommands.unblock(v6))[0] ?? "",
    /delete element inet portolan reject_v6 \{ 2001:db8::7 \}'$/,
  );
});

test("ipset blocks with a time, and the new block stands before the former ones end", () => {
  const other = { ...v6, action: "drop" } as const;
  assert.deepEqual(lines(ipsetCommands.block(v6, 500, [other, v6])), [
    "ipset add portolan-reject-v6 2001:db8::7 timeout 1 -exist",
    "ipset del portolan-drop-v6 2001:db8::7 -exist",
  ]);
  assert.deepEqual(lines(ipsetCommands.unblock(v4)), ["ipset del portolan-drop-v4 203.0.113.0/24 -exist"]);
});

test("iptables passes by whom we never block before it asks who is blocked, and only once", () => {
  const prepared = lines(ipsetCommands.prepare(["192.0.2.1", "0.0.0.0/0", "fe80::1%eth0"]));
  const rules = prepared.filter((line) => line.startsWith("iptables -w -A"));
  assert.match(rules[1] ?? "", /--match-set portolan-never-v4 src -j RETURN$/);
  assert.match(rules[2] ?? "", /--match-set portolan-drop-v4 src -j DROP$/);
  assert.ok(prepared.includes("ipset add portolan-never-v4 128.0.0.0/1 -exist"));
  assert.ok(prepared.includes("ipset add portolan-never-v6 fe80::1/128 -exist"));
  const jump = "iptables -w -C INPUT -j PORTOLAN >/dev/null 2>&1 || iptables -w -I INPUT 1 -j PORTOLAN";
  assert.ok(prepared.includes(jump));
  const removed = lines(ipsetCommands.remove());
  assert.ok(removed.indexOf("iptables -w -X PORTOLAN") < removed.indexOf("ipset destroy portolan-drop-v4"));
});

test("what is connected already is ended by address and prefix", () => {
  assert.deepEqual(lines(cutCommands("203.0.113.0/24")), [
    "ss -tuK state connected dst 203.0.113.0/24",
    "conntrack -D -s 203.0.113.0/24 || true",
  ]);
  assert.equal(lines(cutCommands("2001:db8::/64"))[0], "ss -tuK state connected dst '[2001:db8::/64]'");
});

test("no name of a set is longer than ipset takes", () => {
  const names = lines(ipsetCommands.prepare([])).flatMap((line) => /create (\S+)/.exec(line)?.[1] ?? []);
  assert.equal(names.length, 6);
  for (const name of names) assert.ok(name.length <= 31, name);
});
