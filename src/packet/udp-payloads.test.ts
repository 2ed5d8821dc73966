import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { answersFor, askedPorts, payloadsFor } from "./udp-payloads.ts";
import * as requests from "./udp-requests.ts";

/** What one Ethernet frame carries over IPv6. */
const datagramMax = 1_452;

test("every question fits one frame, and ports without one get an empty datagram", () => {
  assert.ok(askedPorts.length >= 40);
  for (const port of askedPorts) {
    const payloads = payloadsFor(port);
    assert.ok(payloads.length > 0);
    for (const { length } of payloads) assert.ok(length > 0 && length <= datagramMax, `${port}: ${length}`);
  }
  // WireGuard, syslog, DHCP.
  for (const port of [51_820, 514, 67, 68, 40_000]) {
    assert.deepEqual(
      payloadsFor(port).map(({ length }) => length),
      [0],
    );
  }
});

test("lengths inside of the questions are those of their bytes", () => {
  const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const { snmp1, snmp2c, snmp3, cldap, kerberos } = requests;
  for (const der of [snmp1, snmp2c, snmp3, cldap, kerberos]) {
    assert.equal(deepEnd(der), der.length);
  }
  for (const ike of [requests.ike1, requests.ike2]) assert.equal(view(ike).getUint32(24), ike.length);
  for (const radius of [requests.radiusAccess, requests.radiusAccounting]) {
    assert.equal(view(radius).getUint16(2), radius.length);
  }
  assert.equal(view(requests.l2tp).getUint16(2), requests.l2tp.length);
  assert.equal(view(requests.dtls).getUint16(11), requests.dtls.length - 13);
  assert.equal(view(requests.dtls).getUint16(15), requests.dtls.length - 25);
  assert.equal(view(requests.dtls).getUint16(23), requests.dtls.length - 25);
  assert.equal(requests.quic.length, 1_200);
  assert.equal(requests.ntp.length, 48);
  assert.equal(requests.portmap.length, 40);
  assert.equal(requests.netbios.length, 50);
  assert.equal(requests.rip.length, 24);
  assert.equal(requests.stun.length, 20);
});

/** Where a value of X.690 ends, when those inside of it end with it. */
function deepEnd(bytes: Uint8Array, at = 0): number {
  const [tag = 0, length = 0] = bytes.subarray(at, at + 2);
  const end = at + 2 + length;
  if ((tag & 0x20) !== 0) {
    let inner = at + 2;
    while (inner < end) inner = deepEnd(bytes, inner);
    assert.equal(inner, end);
  }
  return end;
}

test("an answer from another port is known by its bytes, and nothing else is", () => {
  assert.equal(answersFor(Uint8Array.of(0, 5, 0, 1, 0)), 69);
  assert.equal(answersFor(Buffer.from("HTTP/1.1 200 OK\r\n")), 1900);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => [69, 1900, -1].includes(answersFor(bytes))),
    { numRuns: 10_000 },
  );
});
