import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { isListening } from "./socket-row.ts";
import type { SocketRow } from "./socket-row.ts";
import { parseSavedOutput, savedListeners } from "./saved-output.ts";

const folder = join(import.meta.dirname, "../../../test/fixtures/host");
const fixture = (name: string): string => readFileSync(join(folder, name), "utf8");

const brief = (row: SocketRow): string => {
  const zone = row.interface === null ? "" : `%${row.interface}`;
  const owners = row.owners.map(({ pid, name }) => ` ${pid}/${name}`).join("");
  return `${row.transport} ${row.address}${zone} ${row.port}${owners}`;
};
const listening = (name: string): string[] =>
  parseSavedOutput(fixture(name)).rows.filter(isListening).map(brief);

/** What the machine really had when every fixture of ss 6.1, net-tools 2.10, busybox 1.35 and /proc was made. */
const truth = [
  "tcp 0.0.0.0 80",
  "tcp 127.0.0.1 22",
  "tcp 198.18.0.1 5432",
  "tcp :: 443",
  "tcp :: 8080",
  "tcp ::1 631",
  "tcp ::ffff:127.0.0.1 8443",
  "tcp fe80::1234%veth0 9000",
  "udp 0.0.0.0 68",
  "udp 127.0.0.1 53",
  "udp :: 5353",
  "udp fe80::1234%veth0 546",
];
const onlyTcp = (line: string): boolean => line.startsWith("tcp");
const withoutOwner = (line: string): string => line.split(" ").slice(0, 3).join(" ");
const withoutZone = (line: string): string => line.replace("%veth0", "");

for (const name of readdirSync(folder).filter((file) =>
  /^(ss-6\.1|net-tools-2|busybox|proc-net)/.test(file),
)) {
  test(`${name} holds what the machine had`, () => {
    const whole = /-tcp-|state-listening/.test(name) ? truth.filter(onlyTcp) : truth;
    const wanted = /-udp-/.test(name) ? truth.filter((line) => !onlyTcp(line)) : whole;
    const shown = name.startsWith("ss") ? wanted : wanted.map(withoutZone);
    // Without -n and -W, net-tools cuts `[fe80::1234]:dhcpv6-client`.
    const expected = /net-tools.*(names|family)/.test(name)
      ? shown.filter((line) => !line.endsWith(" 546"))
      : shown;
    assert.deepEqual(listening(name).map(withoutOwner).sort(), expected.toSorted());
  });
}

test("every line of a real listing is a row, a heading, or of another family", () => {
  for (const name of readdirSync(folder).filter((file) =>
    /^(ss-6\.1|net-tools-2|busybox|proc-net)/.test(file),
  )) {
    const reasons = new Set(parseSavedOutput(fixture(name)).skipped.map(({ reason }) => reason));
    reasons.delete("neither TCP nor UDP");
    if (/net-tools.*(names|family)/.test(name))
      reasons.delete("address may be cut: print it with netstat -W");
    assert.deepEqual([...reasons], [], name);
  }
});

test("program names with blanks stay whole, 15 of 15", () => {
  const { rows, skipped } = parseSavedOutput(fixture("net-tools-process-names-with-blanks.txt"));
  assert.equal(rows.length, 15);
  assert.deepEqual(skipped, []);
  assert.deepEqual(rows[1]?.owners, [{ pid: 2007, name: "nginx: master" }]);
  assert.equal(rows.at(-1) && brief(rows.at(-1) as SocketRow), "tcp :: 9100 560/node_exporter");
});

test("old ss means any IPv4 by a star, has bare IPv6 addresses and pids without a name", () => {
  assert.deepEqual(listening("ss-3.10-centos7-listening.txt"), [
    "udp 0.0.0.0 68 812/dhclient",
    "udp 127.0.0.1 323 650/chronyd",
    "udp ::1 323 650/chronyd",
    "tcp 0.0.0.0 22 1031/sshd",
    "tcp 127.0.0.1 25 1207/master",
    "tcp :: 22 1031/sshd",
    "tcp ::1 25 1207/master",
    "tcp fe80::5054:ff:fe12:3456%eth0 9090 2201/cockpit-ws 1/systemd",
  ]);
});

test("ss wrapped by a narrow terminal keeps its owners, whatever their names hold", () => {
  assert.deepEqual(listening("ss-4.11-centos7-tcp-wrapped.txt"), [
    "tcp 0.0.0.0 80 2008/nginx 2007/nginx",
    "tcp 0.0.0.0 22 1031/sshd",
    'tcp :: 443 4/a \\"b\\", (c)',
  ]);
});

test("net-tools wrapped by a narrow terminal keeps state and owner, and a cut address is skipped with the way out", () => {
  const { rows, skipped } = parseSavedOutput(fixture("net-tools-1.60-centos6-wrapped.txt"));
  assert.deepEqual(rows.map(brief), [
    "tcp 0.0.0.0 22 1031/sshd",
    "tcp 127.0.0.1 25 1207/master",
    "tcp 0.0.0.0 8080",
    "tcp :: 22 1031/sshd",
    "udp 0.0.0.0 68 812/dhclient",
  ]);
  assert.ok(rows.every(isListening));
  assert.ok(skipped.some(({ reason }) => reason.includes("netstat -W")));
});

test("Darwin parts the port with a dot", () => {
  assert.deepEqual(listening("darwin-netstat-anv.txt"), [
    "tcp 127.0.0.1 8021",
    "tcp :: 3000",
    "tcp fe80::1%lo0 631",
    "udp 0.0.0.0 5353",
  ]);
});

test("Windows names the pid only, and its states in its own language", () => {
  assert.deepEqual(listening("windows-netstat-ano.txt"), [
    "tcp 0.0.0.0 135 996/null",
    "tcp :: 445 4/null",
    "tcp fe80::aabb%12 139 4/null",
    "udp 0.0.0.0 5353 2216/null",
    "udp ::1 1900 3068/null",
  ]);
});

test("noise is skipped with a reason and keeps nothing back", () => {
  const { rows, skipped } = parseSavedOutput(fixture("ss-noise-around.txt"));
  assert.deepEqual(rows.map(brief), ["tcp 0.0.0.0 80 8/nginx 7/nginx"]);
  assert.deepEqual(
    skipped.map(({ line, reason }) => `${line}: ${reason}`),
    [
      "1: not a line of a socket table",
      "2: not a line of a socket table",
      "3: not a line of a socket table",
      "5: not a line of a socket table",
      '7: unknown service name or port "notaservice"',
      '8: unknown address "300.0.0.1"',
      "9: not a line of a socket table",
    ],
  );
});

test("connections keep their peer and the state's name of RFC 9293", () => {
  const { rows } = parseSavedOutput(fixture("ss-6.1-all-extended-one-line.txt"));
  const connection = rows.find(({ transport, state }) => transport === "tcp" && state === "ESTABLISHED");
  assert.equal(connection?.remoteAddress, "127.0.0.1");
  assert.ok((connection?.remotePort ?? 0) > 0);
  assert.ok((connection?.inode ?? 0) > 0);
});

test("several sockets on one endpoint become one listener with all their processes", () => {
  const text = [7, 8].map((pid) => `tcp LISTEN 0 5 127.0.0.1:80 0.0.0.0:* users:(("a",pid=${pid},fd=3))`);
  const { rows } = savedListeners(text.join("\n"));
  assert.equal(rows.length, 1);
  assert.equal(rows[0]?.sockets, 2);
  assert.deepEqual(
    rows[0]?.processes.map(({ pid }) => pid),
    [7, 8],
  );
  assert.equal(rows[0]?.scope, "loopback");
});

test("a row without owner says so", () => {
  const { rows } = savedListeners("tcp LISTEN 0 5 127.0.0.1:80 0.0.0.0:*");
  assert.equal(rows[0]?.ownerUnknown, "owner unknown: the saved output names none");
});

test("what is skipped is bounded and made safe", () => {
  const { rows, skipped } = parseSavedOutput("\u001b]0;x\u0007 \u202e noise\n".repeat(5000));
  assert.equal(rows.length, 0);
  assert.equal(skipped.length, 1001);
  assert.equal(skipped.at(-1)?.reason, "4000 more lines are not listed");
  assert.ok(!/[\u001b\u0007\u202e]/.test(skipped[0]?.text ?? ""));
});
