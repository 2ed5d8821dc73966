// What: which questions a UDP port is asked.
// Idea: by the service that custom puts there. All others get an empty datagram: where nobody listens, the error that it
//   brings is as good as any.
// Trap: some services have nothing that they must answer (WireGuard, syslog, DHCP): they are asked by an empty datagram
//   as well, and stay "open|filtered".
// Source: IANA's registry of service names and port numbers.

import {
  cldap,
  coap,
  distributedHash,
  dns,
  dtls,
  gtp,
  ike1,
  ike2,
  ipmi,
  kerberos,
  l2tp,
  memcached,
  multicastDns,
  natPmp,
  natTraversal,
  netbios,
  nfs,
  ntp,
  openvpn,
  portmap,
  quic,
  radiusAccess,
  radiusAccounting,
  rip,
  sip,
  snmp1,
  snmp2c,
  snmp3,
  sourceQuery,
  sqlBrowser,
  ssdp,
  stun,
  tftp,
  xdmcp,
} from "./udp-requests.ts";

const ports: readonly (readonly [ports: readonly number[], questions: readonly Uint8Array[]])[] = [
  [[53], [dns]],
  [[69], [tftp]],
  [[88], [kerberos]],
  [[111], [portmap]],
  [[123], [ntp]],
  [[137], [netbios]],
  [[161], [snmp1, snmp2c, snmp3]],
  [[177], [xdmcp]],
  [[389], [cldap]],
  [[443], [quic, dtls]],
  [[500], [ike1, ike2]],
  [[520], [rip]],
  [[623], [ipmi]],
  [
    [784, 853, 8853],
    [quic, dtls],
  ],
  [[1194], [openvpn]],
  [[1434], [sqlBrowser]],
  [[1645, 1812], [radiusAccess]],
  [[1646, 1813], [radiusAccounting]],
  [[1701], [l2tp]],
  [[1900], [ssdp]],
  [[2049], [nfs]],
  [[2123, 2152], [gtp]],
  [[3391, 4433, 5349, 5684, 10161], [dtls]],
  [[3478, 19302], [stun]],
  [[4500], natTraversal],
  [[5060], [sip]],
  [[5351], [natPmp]],
  [[5353], [multicastDns]],
  [[5683], [coap]],
  [[6881], [distributedHash]],
  [[11211], [memcached]],
  [[27015], [sourceQuery]],
];

const byPort = new Map(ports.flatMap(([list, questions]) => list.map((port) => [port, questions] as const)));
const empty: readonly Uint8Array[] = [new Uint8Array(0)];

/** Never empty: each is sent as one datagram. */
export const payloadsFor = (port: number): readonly Uint8Array[] => byPort.get(port) ?? empty;

/** Ports with a question of their own. */
export const askedPorts: readonly number[] = [...byPort.keys()];

const errorOfTftp = [0, 5];
const head = (bytes: Uint8Array, text: readonly number[]): boolean =>
  text.every((value, index) => bytes[index] === value);
const httpHead = [...Buffer.from("HTTP/1.")];

/**
 * Some answer from a port other than the one that was asked: the port whose answer it is, by what stands in it; -1 for
 * all else. RFC 1350 §4; UPnP Device Architecture 1.1 §1.3.3.
 */
export function answersFor(bytes: Uint8Array): number {
  if (bytes.length >= 4 && head(bytes, errorOfTftp)) return 69;
  return head(bytes, httpHead) ? 1900 : -1;
}
