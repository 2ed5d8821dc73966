import assert from "node:assert/strict";
import test from "node:test";
import { addressText, canonicalAddress, tryParseAddress } from "./address.ts";
import { readLinkLocalZones } from "./link-local-zones.ts";
import { parsePrintedEndpoint } from "./printed-endpoint.ts";
import { readProcNetLine } from "./proc-net.ts";
import { tcpStateByNumber } from "./tcp-state-names.ts";

test("addresses have one spelling", () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ["127.0.0.1", "127.0.0.1"],
    ["0:0:0:0:0:0:0:0", "::"],
    ["2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["fe80::0001", "fe80::1"],
    ["::ffff:7f00:1", "::ffff:127.0.0.1"],
    ["::ffff:127.0.0.1", "::ffff:127.0.0.1"],
    ["1::", "1::"],
    ["256.0.0.1", undefined],
    ["1.2.3", undefined],
    ["1:2:3", undefined],
    ["1::2::3", undefined],
    ["12345::", undefined],
    ["1:2:3:4:5:6:7::8:9", undefined],
  ];
  for (const [text, expected] of cases) assert.equal(canonicalAddress(text), expected, text);
  for (let round = 0; round < 1000; round++) {
    const bytes = Uint8Array.from({ length: 16 }, (_, at) =>
      (round * 31 + at * 7) % 5 === 0 ? (round * at) & 255 : 0,
    );
    assert.deepEqual(tryParseAddress(addressText(bytes)), bytes);
  }
});

test("a line of /proc/net has its words turned", () => {
  const v4 =
    "   1: 0100007F:0277 00000000:0000 0A 00000000:00000000 00:00000000 00000000    33        0 12345 1 0000000000000000 100 0 0 10 0";
  const line = readProcNetLine(v4);
  assert.deepEqual(line, {
    address: "127.0.0.1",
    port: 631,
    remoteAddress: "0.0.0.0",
    remotePort: 0,
    state: 10,
    receiveQueue: 0,
    sendQueue: 0,
    uid: 33,
    inode: 12345,
  });
  const v6 = v4
    .replace("0100007F", "B80D0120000000000000000001000000")
    .replace("00000000:0000 0A", `${"0".repeat(32)}:0000 0A`);
  assert.equal(readProcNetLine(v6)?.address, "2001:db8::1");
  assert.equal(readProcNetLine("  sl  local_address rem_address   st tx_queue"), undefined);
});

test("endpoints are taken apart in every tool's spelling", () => {
  const cases: readonly (readonly [string, string, number | null, string | null])[] = [
    ["*:22", "0.0.0.0", 22, null],
    [":::22", "::", 22, null],
    ["[::1]:80", "::1", 80, null],
    ["[fe80::1]%eth0:546", "fe80::1", 546, "eth0"],
    ["fe80::1%eth0:546", "fe80::1", 546, "eth0"],
    ["127.0.0.53%lo:domain", "127.0.0.53", 53, "lo"],
    ["*.*", "0.0.0.0", null, null],
    ["fe80::1%lo0.123", "fe80::1", 123, "lo0"],
  ];
  for (const [text, address, port, device] of cases) {
    assert.deepEqual(parsePrintedEndpoint(text, "0.0.0.0"), { address, port, interface: device }, text);
  }
  for (const text of ["", "22", "x".repeat(200), "1.2.3.4:99999", "a b:1", "1.2.3.4%\u001b:1"]) {
    assert.equal(typeof parsePrintedEndpoint(text, "::"), "string", text);
  }
});

test("states have the names of RFC 9293 for the kernel's numbers", () => {
  assert.equal(tcpStateByNumber(10), "LISTEN");
  assert.equal(tcpStateByNumber(12), "SYN-RECEIVED");
  assert.equal(tcpStateByNumber(99), undefined);
});

test("a link-local address on two devices has no zone", () => {
  const line = (index: string, device: string): string =>
    `fe80000000000000000000000000000${index} 02 40 20 80 ${device}`;
  const zones = readLinkLocalZones(
    `${line("1", "    eth0")}\n${line("2", "eth0")}\n${line("2", "eth1")}\nnoise\n`,
  );
  assert.deepEqual([...zones], [["fe80::1", "eth0"]]);
});
