# Holds sockets in all eleven states of TCP, and UDP, until its input closes: `every_state.py PAIRS`. Needs a network
# namespace of its own with nft: what must not arrive for a state to last is dropped there. Prints how many sockets there
# are of each state, and how many of each remote address, as one line of JSON.
import collections
import json
import socket
import subprocess
import sys
import time

pairs = int(sys.argv[1])
IP_BIND_ADDRESS_NO_PORT = 24
held = []
states = collections.Counter()
remotes = collections.Counter()

# Ports of servers, by what happens to packets that go there or come from there.
NORMAL = range(7000, 7006)
LOST_SYN, LOST_ANSWER, LOST_FIN, LOST_FIN_BOTH, LOST_LAST_FIN = range(7101, 7106)
PLAIN_80, PLAIN_8080 = 80, 8080
RULES = [
    f"tcp dport {LOST_SYN} drop",
    f"tcp sport {LOST_ANSWER} tcp flags & (syn | ack) == syn | ack drop",
    f"tcp dport {{ {LOST_FIN}, {LOST_FIN_BOTH} }} tcp flags & fin == fin drop",
    f"tcp sport {LOST_LAST_FIN} tcp flags & fin == fin drop",
]

# Client address, server address, family of the client, as the remote that each side is to be counted under.
WAYS = [
    ("127.0.0.1", "127.0.0.1", socket.AF_INET, "127.0.0.1"),
    ("::1", "::1", socket.AF_INET6, "::1"),
    ("::ffff:127.0.0.2", "::ffff:127.0.0.1", socket.AF_INET6, None),
    ("2001:db8:1:2::7", "2001:db8:1:2::1", socket.AF_INET6, None),
    ("198.51.100.9", "198.51.100.1", socket.AF_INET, None),
]


def plain(address):
    return address.removeprefix("::ffff:")


def listener(port):
    """Of both families, so that IPv4 clients are IPv4-mapped to it."""
    server = socket.socket(socket.AF_INET6)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    server.bind(("::", port))
    server.listen(4096)
    held.append(server)
    states["LISTEN"] += 1
    return server


def note(state, way, of_client):
    states[state] += 1
    client, server = plain(way[0]), plain(way[1])
    remotes[server if of_client else client] += 1


def begin(way, port):
    client = socket.socket(way[2])
    client.bind((way[0], 0))
    client.setblocking(False)
    client.connect_ex((way[1], port))
    held.append(client)
    return client


def pair(way, server):
    client = socket.socket(way[2])
    client.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
    client.bind((way[0], 0))
    client.connect((way[1], server.getsockname()[1]))
    accepted, _ = server.accept()
    held.extend([client, accepted])
    return client, accepted


FEW = 100
# What is to follow when the first FINs have arrived.
later = []


def settle():
    time.sleep(0.2)


subprocess.run(["nft", "add table inet states"], check=True)
subprocess.run(["nft", "add chain inet states input { type filter hook input priority 0; }"], check=True)
for rule in RULES:
    subprocess.run(["nft", f"add rule inet states input {rule}"], check=True)

normal = [listener(port) for port in NORMAL]
answer, fin, both, last = (listener(port) for port in (LOST_ANSWER, LOST_FIN, LOST_FIN_BOTH, LOST_LAST_FIN))
web, other_web = listener(PLAIN_80), listener(PLAIN_8080)

for number, way in enumerate(WAYS):
    # As many of each way as no other has, so that no two counts are equal by accident.
    for _ in range(number + 1):
        begin(way, LOST_SYN)
        note("SYN-SENT", way, True)
        begin(way, LOST_ANSWER)
        note("SYN-SENT", way, True)
        note("SYN-RECEIVED", way, False)
        for server in (normal[0], web, other_web):
            pair(way, server)
            note("ESTABLISHED", way, True)
            note("ESTABLISHED", way, False)
        client, accepted = pair(way, fin)
        client.shutdown(socket.SHUT_WR)
        note("FIN-WAIT-1", way, True)
        note("ESTABLISHED", way, False)
        client, accepted = pair(way, normal[1])
        client.shutdown(socket.SHUT_WR)
        note("FIN-WAIT-2", way, True)
        note("CLOSE-WAIT", way, False)
        # Nobody holds it any more: the kernel keeps a note of it.
        client, accepted = pair(way, normal[2])
        client.close()
        note("FIN-WAIT-2", way, True)
        note("CLOSE-WAIT", way, False)
        client, accepted = pair(way, both)
        client.shutdown(socket.SHUT_WR)
        later.append(accepted)
        note("CLOSING", way, True)
        note("FIN-WAIT-2", way, False)
        client, accepted = pair(way, last)
        client.shutdown(socket.SHUT_WR)
        later.append(accepted)
        note("FIN-WAIT-2", way, True)
        note("LAST-ACK", way, False)
settle()
for accepted in later:
    accepted.shutdown(socket.SHUT_WR)
for number in range(min(pairs, FEW)):
    way = WAYS[number % len(WAYS)]
    client, accepted = pair(way, normal[3])
    client.close()
    accepted.close()
    del held[-2:]
    note("TIME-WAIT", way, True)
# Many come from as many addresses, and their server closes first.
for number in range(FEW, pairs):
    address = f"127.{1 + (number >> 16)}.{number >> 8 & 255}.{number & 255}"
    client, accepted = pair((address, "127.0.0.1", socket.AF_INET), normal[4])
    accepted.close()
    client.close()
    del held[-2:]
    note("TIME-WAIT", (address, "127.0.0.1"), False)
for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"), (socket.AF_INET, "0.0.0.0")):
    bound = socket.socket(family)
    bound.bind((address, 0))
    held.append(bound)
    states["CLOSED"] += 1
udp = {"withPeer": 0, "withoutPeer": 0}
for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"), (socket.AF_INET6, "::ffff:127.0.0.1")):
    alone = socket.socket(family, socket.SOCK_DGRAM)
    alone.bind((address, 0))
    held.append(alone)
    udp["withoutPeer"] += 1
    for _ in range(2):
        connected = socket.socket(family, socket.SOCK_DGRAM)
        connected.connect((address, 53))
        held.append(connected)
        udp["withPeer"] += 1
        remotes[plain(address)] += 1
settle()
print(json.dumps({"states": states, "remotes": remotes, "udp": udp}), flush=True)
sys.stdin.read()
