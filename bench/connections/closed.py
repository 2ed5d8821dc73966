# Leaves connections in TIME-WAIT behind, from as many client addresses as a tenth of them: `closed.py COUNT WORKERS`.
# They last 60 s, so that speed matters: each worker listens on a port of its own and talks to itself.
import os
import socket
import sys

count, workers = int(sys.argv[1]), int(sys.argv[2])
IP_BIND_ADDRESS_NO_PORT = 24


def work(worker):
    server = socket.create_server(("0.0.0.0", 80 + worker), backlog=4096)
    for number in range(worker, count, workers):
        client = socket.socket()
        client.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
        remote = number // 10
        client.bind((f"127.{1 + (remote >> 16)}.{remote >> 8 & 255}.{remote & 255}", 0))
        client.connect(("127.0.0.1", 80 + worker))
        accepted, _ = server.accept()
        # Who closes first keeps the note.
        accepted.close()
        client.close()


children = []
for worker in range(workers):
    pid = os.fork()
    if pid == 0:
        work(worker)
        os._exit(0)
    children.append(pid)
for pid in children:
    _, status = os.waitpid(pid, 0)
    if status != 0:
        sys.exit("a worker failed")
