# A printer and a controller: counts what they are sent, and how many speak to them at once, until its input ends.
import json, select, socket, sys, time

ports = [515, 9100, 9101, 9102, 502, 102]
listeners = [socket.create_server(("0.0.0.0", port), backlog=128) for port in ports]
print("ready", flush=True)
held, received, accepted, most = [], 0, 0, 0
while True:
    readable, _, _ = select.select([sys.stdin, *listeners, *held], [], [], 0.05)
    for each in readable:
        if each is sys.stdin:
            print(json.dumps({"bytes": received, "connections": accepted, "mostAtOnce": most}), flush=True)
            sys.exit()
        if each in listeners:
            connection, _ = each.accept()
            held.append(connection)
            accepted += 1
            most = max(most, len(held))
            # Slow, as such devices are.
            time.sleep(0.02)
        else:
            try:
                data = each.recv(65536)
            except OSError:
                data = b""
            received += len(data)
            if not data:
                held.remove(each)
                each.close()
