# Traffic against 198.18.0.1, until stdin ends. Arguments: what, and how much of it.
#   load N            N requests a second, from thirty addresses in turns
#   hold N            N connections that send half a request and no more, from 198.18.0.250
#   leak N            N connections to port 81 that are ended at once
#   syn SOURCES RATE  SYNs from that many forged addresses of 198.19.0.0/16, RATE a second
#   tried N           connections to N addresses that never answer
import os, random, select, socket, struct, sys, threading, time

server = "198.18.0.1"
kind, amounts = sys.argv[1], [int(word) for word in sys.argv[2:]]
over = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()

def connected(source, port):
    one = socket.socket()
    one.bind((source, 0))
    one.settimeout(5)
    one.connect((server, port))
    return one

def load(rate):
    count = 0
    began = time.monotonic()
    while not over.is_set():
        try:
            one = connected(f"198.18.0.{10 + count % 30}", 80)
            one.sendall(b"GET / HTTP/1.0\r\n\r\n")
            while one.recv(4096):
                pass
            one.close()
        except OSError:
            pass
        count += 1
        time.sleep(max(0, began + count / rate - time.monotonic()))

def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF

def syn_from(source):
    addresses = socket.inet_aton(source) + socket.inet_aton(server)
    tcp = struct.pack("!HHIIBBHHH", random.randint(1024, 65535), 80, random.getrandbits(32), 0, 5 << 4, 2, 64240, 0, 0)
    total = checksum(addresses + struct.pack("!BBH", 0, 6, len(tcp)) + tcp)
    tcp = tcp[:16] + struct.pack("!H", total) + tcp[18:]
    return struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0) + addresses + tcp

def syn(sources, rate):
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    names = [f"198.19.{number >> 8}.{number & 255}" for number in range(1, sources + 1)]
    random.shuffle(names)
    count = 0
    began = time.monotonic()
    while not over.is_set():
        raw.sendto(syn_from(names[count % sources]), (server, 0))
        count += 1
        ahead = began + count / rate - time.monotonic()
        if ahead > 0.002:
            time.sleep(ahead)

def many(sockets):
    print("ready", flush=True)
    over.wait()

def tried(count):
    kept = []
    for number in range(count):
        one = socket.socket()
        one.setblocking(False)
        one.connect_ex((f"198.19.{1 + number // 200}.{1 + number % 200}", 445))
        kept.append(one)
    many(kept)

def hold(count):
    kept = []
    for _ in range(count):
        one = connected("198.18.0.250", 80)
        one.sendall(b"GET / HTTP/1.0\r\nX: ")
        kept.append(one)
    many(kept)

def leak(count):
    for _ in range(count):
        connected("198.18.0.10", 81).close()
    many([])

if kind in ("load", "syn"):
    print("ready", flush=True)
{"load": load, "hold": hold, "leak": leak, "syn": syn, "tried": tried}[kind](*amounts)
