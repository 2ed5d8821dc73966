# Services over UDP that are silent on everything but their own protocol, on every address; and printers and controllers,
# whose datagrams and bytes are counted. Prints the counts when its input ends.
import json, selectors, socket, struct, sys

PKTINFO = getattr(socket, "IPV6_PKTINFO", 50)
RECVPKTINFO = getattr(socket, "IPV6_RECVPKTINFO", 49)


def dns(data):
    if len(data) < 17 or data[2] & 0x80 or data[4:6] != b"\0\1":
        return None
    return data[:2] + b"\x80\x05" + data[4:6] + bytes(6) + data[12:]


def ntp(data):
    return b"\x24" + data[1:] if len(data) == 48 and data[0] & 7 == 3 else None


def der(data, at=0):
    end = at + 2 + data[at + 1]
    return data[at], data[at + 2:end], end


def snmp3(data):
    # An agent that speaks version 3 only, and tells who it is when it may report.
    tag, body, end = der(data)
    version = der(body)
    header = der(body, version[2])
    flags = der(header[1], der(header[1], der(header[1])[2])[2])
    return b"\x30\x02\x02\x00" if tag == 0x30 and end == len(data) and version[1] == b"\3" and flags[1] == b"\4" else None


def netbios(data):
    return data[:2] + b"\x84\0" + data[4:] if data[12:15] == b"\x20CK" and data[-4:] == b"\0\x21\0\1" else None


def sip(data):
    return b"SIP/2.0 200 OK\r\n\r\n" if data.startswith(b"OPTIONS sip:") and data.endswith(b"\r\n\r\n") else None


def portmap(data):
    call = struct.unpack(">6I", data[:24])
    return data[:4] + struct.pack(">5I", 1, 0, 0, 0, 0) if call[1:6] == (0, 2, 100000, 2, 0) and len(data) == 40 else None


def ike(data):
    long_enough = len(data) >= 28 and struct.unpack(">I", data[24:28])[0] == len(data)
    return data[:8] + b"responds" + data[16:28] if long_enough and data[17] == 0x10 else None


def stun(data):
    return b"\1\1\0\0" + data[4:] if data[:8] == bytes.fromhex("000100002112a442") and len(data) == 20 else None


def coap(data):
    return b"\x70\0" + data[2:4] if data[:2] == b"\x40\0" else None


def quic(data):
    return b"\x80" + bytes(4) if len(data) >= 1200 and data[0] & 0x80 and data[1] & 15 == 10 else None


def dtls(data):
    whole = data[:1] == b"\x16" and len(data) > 25 and struct.unpack(">H", data[11:13])[0] == len(data) - 13
    return b"\x16\xfe\xff" if whole else None


def memcached(data):
    return data[:8] + b"VERSION 1\r\n" if data[8:] == b"version\r\n" else None


def kerberos(data):
    tag, body, end = der(data)
    return b"\x7e\0" if tag == 0x6A and end == len(data) else None


def cldap(data):
    tag, body, end = der(data)
    return b"\x30\0" if end == len(data) and body[3] == 0x63 else None


def ssdp(data):
    return b"HTTP/1.1 200 OK\r\n\r\n" if data.startswith(b"M-SEARCH * HTTP/1.1\r\n") else None


services = {
    53: dns, 88: kerberos, 111: portmap, 123: ntp, 137: netbios, 161: snmp3, 389: cldap, 443: quic, 500: ike,
    1900: ssdp, 3478: stun, 4433: dtls, 5060: sip, 5683: coap, 11211: memcached,
}
fragile = [515, 9100, 2222, 20000, 44818, 47808]
mute = [514, 51820]
tftp = 69

selector = selectors.DefaultSelector()


def bound(port):
    each = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    each.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    each.setsockopt(socket.IPPROTO_IPV6, RECVPKTINFO, 1)
    each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    # The addresses stand in no table but as routes.
    each.setsockopt(socket.IPPROTO_IP, 15, 1)
    each.setsockopt(socket.IPPROTO_IPV6, 78, 1)
    each.bind(("::", port))
    return each


for port in [*services, *fragile, *mute, tftp]:
    selector.register(bound(port), selectors.EVENT_READ, port)
transfer = bound(0)
selector.register(sys.stdin, selectors.EVENT_READ, None)
counts = {"datagrams": 0, "bytes": 0}
print("ready", flush=True)
while True:
    for key, _ in selector.select():
        if key.data is None:
            print(json.dumps(counts), flush=True)
            sys.exit()
        data, control, _, sender = key.fileobj.recvmsg(65536, 256)
        if key.data in fragile:
            counts["datagrams"] += 1
            counts["bytes"] += len(data)
            continue
        if key.data in mute:
            continue
        info = [(level, kind, value[:16] + bytes(4)) for level, kind, value in control if kind == PKTINFO]
        if key.data == tftp:
            if data[:2] == b"\0\1":
                transfer.sendmsg([b"\0\5\0\1File not found\0"], info, 0, sender)
            continue
        try:
            answer = services[key.data](data)
        except (IndexError, struct.error):
            answer = None
        if answer is not None:
            key.fileobj.sendmsg([answer], info, 0, sender)
