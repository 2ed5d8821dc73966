// Holds listeners or the ends of established connections until its input closes:
// `crowd.ts listen COUNT` · `accept FIRST_PORT PORTS` · `connect FIRST_PORT PORTS COUNT`
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { Socket } from "node:net";

const [kind, ...parameters] = process.argv.slice(2);
const [a = 0, b = 0, c = 0] = parameters.map(Number);
const held: unknown[] = [];
const connectsAtOnce = 100;

async function listen(port: number, onSocket?: (socket: Socket) => void): Promise<void> {
  const server = createServer({ pauseOnConnect: true }, onSocket);
  server.listen({ port, host: "127.0.0.1", backlog: 4096 });
  await once(server, "listening");
  held.push(server);
}

async function connectMany(firstPort: number, ports: number, count: number): Promise<void> {
  let started = 0;
  const one = async (): Promise<void> => {
    while (started < count) {
      const socket = connect({ host: "127.0.0.1", port: firstPort + (started++ % ports) });
      await once(socket, "connect");
      socket.pause();
      held.push(socket);
    }
  };
  await Promise.all(Array.from({ length: connectsAtOnce }, one));
}

if (kind === "listen") for (let index = 0; index < a; index++) await listen(20_000 + index);
if (kind === "accept") {
  for (let index = 0; index < b; index++) {
    await listen(a + index, (socket) => {
      socket.on("error", () => undefined);
      held.push(socket);
    });
  }
}
if (kind === "connect") await connectMany(a, b, c);
console.log("ready");
process.stdin.resume();
await once(process.stdin, "close");
process.exit(0);
