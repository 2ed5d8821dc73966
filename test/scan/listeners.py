# Listens on each port given, on every address of both families, until its input ends.
import resource, socket, sys

resource.setrlimit(resource.RLIMIT_NOFILE, (20000, 20000))
held = []
for port in map(int, sys.argv[1:]):
    listener = socket.create_server(("::", port), family=socket.AF_INET6, backlog=4096, dualstack_ipv6=True)
    held.append(listener)
print("ready", flush=True)
sys.stdin.read()
