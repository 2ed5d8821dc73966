# Holds back every packet that is routed into its device for so many ms, and gives it back to be routed on.
# Arguments: name of the device, delay in ms. Ends with its input.
import collections, fcntl, os, select, struct, sys, time

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
name, delay = sys.argv[1], float(sys.argv[2]) / 1000
device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN | IFF_NO_PI))
print("ready", flush=True)
held = collections.deque()
while True:
    patience = max(0, held[0][0] - time.monotonic()) if held else None
    readable = select.select([device, sys.stdin], [], [], patience)[0]
    if sys.stdin in readable:
        break
    now = time.monotonic()
    if device in readable:
        try:
            while True:
                held.append((now + delay, os.read(device, 2048)))
        except BlockingIOError:
            pass
    while held and held[0][0] <= now:
        os.write(device, held.popleft()[1])
