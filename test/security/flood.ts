import { Agent, request } from "node:http";
import { connect, type Socket } from "node:net";

/**
 * Run by flood.test.ts in processes of its own: strangers on 127.0.0.2 who only connect or send headers
 * drop by drop, or on 127.0.0.3 who ask with wrong tokens, until told to stop.
 */

const [url = "", idle = "0", slow = "0", guessers = "0"] = process.argv.slice(2);
/** Of those who were sent away and come again: more would be a flood of this process, not of the server. */
const connectsPerSecond = 2_400;
const againMs = Math.max(250, ((Number(idle) + Number(slow)) * 1_000) / connectsPerSecond);
const { hostname, port } = new URL(url);
const localAddress = "127.0.0.2";
const sockets = new Set<Socket>();
let asked = 0;
let connected = 0;

function open(isSlow: boolean): void {
  const socket = connect({ host: hostname, port: Number(port), localAddress });
  sockets.add(socket);
  socket.once("connect", () => (connected += 1));
  socket.on("error", () => {});
  socket.on("close", () => {
    sockets.delete(socket);
    setTimeout(() => open(isSlow), againMs);
  });
  if (isSlow) {
    socket.write("POST /api/v1/intake HTTP/1.1\r\nHost: localhost\r\n");
    const drip = setInterval(() => socket.write("X-A: b\r\n"), 500);
    socket.once("close", () => clearInterval(drip));
  }
}

const agent = new Agent({ keepAlive: true, maxSockets: 8, localAddress: "127.0.0.3" });

function guess(): void {
  const body = '{"batchId":"x"}';
  const next = (): void => {
    setTimeout(guess, 5);
  };
  const one = request(
    {
      hostname,
      port,
      agent,
      method: "POST",
      path: "/api/v1/intake",
      headers: {
        authorization: `Bearer ptl_${Math.random().toString(36).slice(2).padEnd(43, "a")}`,
        "content-type": "application/json",
        "content-length": body.length,
        host: "localhost",
      },
    },
    (response) => {
      asked += 1;
      response.resume();
      response.once("end", next);
    },
  );
  one.on("error", next);
  one.end(body);
}

for (let index = 0; index < Number(idle); index += 1) open(false);
for (let index = 0; index < Number(slow); index += 1) open(true);
for (let index = 0; index < Number(guessers); index += 1) guess();

process.on("message", () => process.send?.({ asked, connected }, () => process.exit(0)));
process.on("disconnect", () => process.exit(0));
