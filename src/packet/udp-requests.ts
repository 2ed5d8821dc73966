// What: for each service that is common over UDP, the smallest question that its specification obliges it to answer.
// Idea: most services are silent on what they do not understand, so an open port is told from a filtered one only by its
//   own protocol. Of several questions the one with the shortest answer is asked: a scan shall not be an amplifier.
// Trap: a question must change nothing. None logs on, registers, subscribes or asks for a file that exists; the L2TP and
//   the IKE one leave a half-open exchange, which its specification lets expire within seconds.
// Source: named at each.

type Part = string | number | readonly number[] | Uint8Array;

/** Text as ASCII, numbers as bytes. */
function bytes(...parts: readonly Part[]): Uint8Array {
  return Buffer.concat(
    parts.map((part) =>
      typeof part === "string"
        ? Buffer.from(part, "latin1")
        : Buffer.from(typeof part === "number" ? [part] : part),
    ),
  );
}
const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(" ", ""), "hex");
const zeros = (count: number): Uint8Array => new Uint8Array(count);
const short = (value: number): readonly number[] => [value >>> 8, value & 0xff];

/** Tag, length, value of X.690 with a length below 128. */
function tlv(tag: number, ...parts: readonly Part[]): Uint8Array {
  const value = bytes(...parts);
  return bytes(tag, value.length, value);
}
const tags = {
  boolean: 1,
  integer: 2,
  bits: 3,
  octets: 4,
  nothing: 5,
  oid: 6,
  enumerated: 10,
  sequence: 0x30,
} as const;
const integer = (...value: readonly number[]): Uint8Array => tlv(tags.integer, value);
const sequence = (...parts: readonly Part[]): Uint8Array => tlv(tags.sequence, ...parts);

/** Its name, in class CH: no recursion, some dozen bytes of answer, or a refusal. RFC 1035 §4, RFC 4892. */
export const dns = bytes(hex("5054 0000 0001 0000 0000 0000"), 7, "version", 4, "bind", 0, hex("0010 0003"));

/** Which kinds of service; the answer comes to us alone (QU). RFC 6762 §5.4, RFC 6763 §9. */
export const multicastDns = bytes(
  hex("0000 0000 0001 0000 0000 0000"),
  9,
  "_services",
  7,
  "_dns-sd",
  4,
  "_udp",
  5,
  "local",
  0,
  hex("000c 8001"),
);

/** A client's question for the time. RFC 5905 §7.3. */
export const ntp = bytes(0xe3, zeros(39), hex("d000 0000 0000 0000"));

const sysUpTime = tlv(tags.oid, hex("2b 06 01 02 01 01 03 00"));
const snmpGet = (version: number): Uint8Array =>
  sequence(
    integer(version),
    tlv(tags.octets, "public"),
    tlv(0xa0, integer(0x50), integer(0), integer(0), sequence(sequence(sysUpTime, tlv(tags.nothing)))),
  );
/** How long it runs: the shortest answer there is. RFC 1157 §4.1. */
export const snmp1 = snmpGet(0);
/** RFC 3416 §4.2.1. */
export const snmp2c = snmpGet(1);
/** Who it is: answered to everybody, without a name or a key. RFC 3414 §4. */
export const snmp3 = sequence(
  integer(3),
  sequence(integer(0x50), integer(0x00, 0xff, 0xe3), tlv(tags.octets, 0x04), integer(3)),
  tlv(
    tags.octets,
    sequence(tlv(tags.octets), integer(0), integer(0), ...[0, 0, 0].map(() => tlv(tags.octets))),
  ),
  sequence(tlv(tags.octets), tlv(tags.octets), tlv(0xa0, integer(0x50), integer(0), integer(0), sequence())),
);

/** Node status of the name "*". RFC 1002 §4.2.17. */
export const netbios = bytes(
  hex("5054 0000 0001 0000 0000 0000 20"),
  `CK${"A".repeat(30)}`,
  0,
  hex("0021 0001"),
);

/** UPnP Device Architecture 1.1 §1.3.2. */
export const ssdp = bytes(
  'M-SEARCH * HTTP/1.1\r\nHost: 239.255.255.250:1900\r\nMan: "ssdp:discover"\r\nMX: 1\r\nST: upnp:rootdevice\r\n\r\n',
);

/** What it can do; by Max-Forwards nobody passes it on. RFC 3261 §11, RFC 3581. */
export const sip = bytes(
  "OPTIONS sip:portolan@portolan.invalid SIP/2.0\r\n",
  "Via: SIP/2.0/UDP portolan.invalid;branch=z9hG4bKportolan;rport\r\n",
  "From: <sip:portolan@portolan.invalid>;tag=portolan\r\nTo: <sip:portolan@portolan.invalid>\r\n",
  "Call-ID: portolan@portolan.invalid\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 0\r\nContent-Length: 0\r\n\r\n",
);

const ikeCookie = "706f 7274 6f6c 616e";
/** Main mode with one proposal (3DES, SHA-1, shared secret, group 2). RFC 2408 §3, RFC 2409 §5. */
export const ike1 = hex(
  `${ikeCookie} 0000000000000000 01 10 02 00 00000000 00000050
   0000 0034 00000001 00000001 0000 0028 01 01 00 01 0000 0020 01 01 0000
   8001 0005 8002 0002 8003 0001 8004 0002 800b 0001 800c 7080`.replaceAll("\n", ""),
);
/** A version that does not exist: answered with INVALID_MAJOR_VERSION. RFC 7296 §2.5. */
export const ike2 = hex(`${ikeCookie} 0000000000000000 00 30 22 08 00000000 0000001c`);
/** Behind the mark of what is no ESP. RFC 3948 §2.2. */
export const natTraversal = [ike1, ike2].map((message) => bytes(zeros(4), message));

/** A request without attributes, which no server grants. RFC 2865 §3. */
export const radiusAccess = bytes(1, 0x50, short(20), zeros(16));
/** RFC 2866 §3. */
export const radiusAccounting = bytes(4, 0x50, short(20), zeros(16));

/** A file that is not there: answered with an error, from another port. RFC 1350 §5. */
export const tftp = bytes(hex("0001"), "portolan.invalid", 0, "octet", 0);

const rpcNull = (program: number, version: number): Uint8Array =>
  bytes(
    hex("50540001 00000000 00000002"),
    short(program >>> 16),
    short(program & 0xffff),
    zeros(3),
    version,
    zeros(20),
  );
/** The procedure that does nothing. RFC 5531 §9, RFC 1833 §3. */
export const portmap = rpcNull(100_000, 2);
/** RFC 1813 §3.3.0. */
export const nfs = rpcNull(100_003, 3);

/** One short attribute of the root entry. RFC 1798 §3, RFC 4511 §4.5.1. */
export const cldap = sequence(
  integer(1),
  tlv(
    0x63,
    tlv(tags.octets),
    tlv(tags.enumerated, 0),
    tlv(tags.enumerated, 0),
    integer(0),
    integer(0),
    tlv(tags.boolean, 0),
    tlv(0x87, "objectClass"),
    sequence(tlv(tags.octets, "supportedLDAPVersion")),
  ),
);

const generalString = (text: string): Uint8Array => tlv(0x1b, text);
/** A ticket for nobody in a realm that does not exist: answered with an error. RFC 4120 §5.4.1. */
export const kerberos = tlv(
  0x6a,
  sequence(
    tlv(0xa1, integer(5)),
    tlv(0xa2, integer(10)),
    tlv(
      0xa4,
      sequence(
        tlv(0xa0, tlv(tags.bits, zeros(5))),
        tlv(0xa2, generalString("NM")),
        tlv(
          0xa3,
          sequence(tlv(0xa0, integer(2)), tlv(0xa1, sequence(generalString("krbtgt"), generalString("NM")))),
        ),
        tlv(0xa5, tlv(0x18, "19700101000000Z")),
        tlv(0xa7, integer(0x50)),
        tlv(0xa8, sequence(integer(18), integer(17), integer(23))),
      ),
    ),
  ),
);

/** Binding request. RFC 8489 §5. */
export const stun = bytes(hex("0001 0000 2112a442"), "portolan.udp");

/** Its version, behind the header of a datagram. memcached's doc/protocol.txt, "UDP protocol". */
export const memcached = bytes(hex("5054 0000 0001 0000"), "version\r\n");

/** Which instances: every browser answers this one, some only this one. MS-SQLR §2.2.2. */
export const sqlBrowser = bytes(0x03);

/** One route that nobody has, not the whole table. RFC 2453 §3.9.1. */
export const rip = bytes(hex("01 02 0000 0002 0000 00000000 00000000 00000000 00000010"));

/** Whether it is willing. XDMCP 1.1, "Query". */
export const xdmcp = hex("0001 0002 0001 00");

const dtlsBody = bytes(
  hex("fefd"),
  "portolan portolan portolan port.",
  hex("00 00 000a c02b c02f 009c 002f 00ff 01 00"),
);
const dtlsHello = bytes(1, 0, short(dtlsBody.length), zeros(5), 0, short(dtlsBody.length), dtlsBody);
/** A greeting without a cookie, to be answered with one. RFC 6347 §4.2.1. */
export const dtls = bytes(0x16, hex("feff"), zeros(8), short(dtlsHello.length), dtlsHello);

/** A version that does not exist, as long as RFC 9000 §14.1 demands: answered with those that do. RFC 9000 §6.1, RFC 8999. */
const quicBytes = 1_200;
const quicHead = bytes(0xc0, hex("1a2a3a4a"), 8, "portolan", 8, "udp-scan");
export const quic = bytes(quicHead, zeros(quicBytes - quicHead.length));

/** P_CONTROL_HARD_RESET_CLIENT_V2. openvpn-rfc, "Wire Protocol". */
export const openvpn = bytes(0x38, "portolan", zeros(5));

/** An empty confirmable message, the "CoAP ping". RFC 7252 §4.3. */
export const coap = hex("40 00 5054");

const l2tpPairs = bytes(
  hex("8008 0000 0000 0001 8008 0000 0002 0100 800a 0000 0003 00000003 800a 0000 0004 00000000"),
  hex("800e 0000 0007"),
  "portolan",
  hex("8008 0000 0009 0001"),
);
/** Start-Control-Connection-Request. RFC 2661 §6.1. */
export const l2tp = bytes(hex("c802"), short(12 + l2tpPairs.length), zeros(8), l2tpPairs);

/** Which external address. RFC 6886 §3.2. */
export const natPmp = zeros(2);

/** Presence ping. DSP0136 §3.2.4.1 (ASF 2.0). */
export const ipmi = hex("06 00 ff 06 000011be 80 50 00 00");

/** Valve's server queries, A2S_INFO. */
export const sourceQuery = bytes(hex("ffffffff"), "TSource Engine Query", 0);

/** BEP 5, "ping". */
export const distributedHash = bytes("d1:ad2:id20:portolan-portolan-20e1:q4:ping1:t2:PT1:y1:qe");

/** Echo request. 3GPP TS 29.060 §7.2.1. */
export const gtp = hex("32 01 0004 00000000 0000 0000");
