# Listens on `count` pairs of one address in 198.19.0.0/22 and one port up to `ports`, drawn from a seed; prints them, then
# "ready"; until its input ends. Meanwhile the scanner gets a datagram now and then: masscan 1.3.2 does not end where no
# packet comes any more.
import random, resource, select, socket, sys

count, ports = int(sys.argv[1]), int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_NOFILE, (count + 100, count + 100))
draw = random.Random(1)
held, pairs = [], set()
while len(pairs) < count:
    host = draw.randrange(1024)
    pairs.add((f"198.19.{host >> 8}.{host & 255}", draw.randrange(1, ports + 1)))
for address, port in sorted(pairs):
    held.append(socket.create_server((address, port), backlog=64))
    print(f"{address}:{port}")
print("ready", flush=True)
noise = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while not select.select([sys.stdin], [], [], 0.2)[0]:
    noise.sendto(b"", ("198.18.0.2", 9))
