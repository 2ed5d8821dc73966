# A server in a namespace. Port 80 answers each request and closes; port 81 accepts and never closes. Ends with stdin.
import asyncio, os, sys

kept = []

async def answer(reader, writer):
    try:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok")
        await writer.drain()
    except (OSError, asyncio.IncompleteReadError):
        pass
    writer.close()

async def keep(reader, writer):
    kept.append((reader, writer))

async def main():
    # Nobody reads at port 81: what the other side ends stays half closed.
    await asyncio.start_server(answer, "0.0.0.0", 80, backlog=1024)
    await asyncio.start_server(keep, "0.0.0.0", 81, backlog=1024)
    print("ready", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    # Whoever still waits for the rest of a request waits in vain.
    os._exit(0)

asyncio.run(main())
