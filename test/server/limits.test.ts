import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import test, { after, before } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { PortolanError } from "../../src/base/errors.ts";
import { createServer } from "../../src/server/server.ts";
import { listenerOn } from "../support/listener.ts";
import { Lookout } from "../support/lookout.ts";
import { openWorld, type World } from "./world.ts";

let world: World;
before(async () => {
  world = await openWorld({
    limits: { headersMs: 1_000, requestMs: 2_000, connectionsPerPeer: 20, strangerRequestsPerMinute: 50 },
  });
});
after(() => world.close());

const { hostname, port } = { hostname: "127.0.0.1", port: () => Number(new URL(world.url).port) };

function open(localAddress = "127.0.0.1"): Socket {
  const socket = connect({ host: hostname, port: port(), localAddress });
  socket.on("error", () => {});
  return socket.resume();
}

/** Sends raw text and gives the first line of the answer. */
function firstLine(text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port(), hostname, () => socket.write(text));
    let heard = "";
    socket.on("data", (chunk) => (heard += chunk.toString("latin1")));
    socket.on("error", () => resolve(heard));
    socket.on("close", () => resolve(heard.split("\r\n")[0] ?? ""));
  });
}

/** Milliseconds that the server bears a client who sends `start` and then a drop every 100 ms. */
async function bornFor(start: string, drop: string): Promise<number> {
  const socket = open();
  const begun = performance.now();
  socket.write(start);
  const drip = setInterval(() => socket.write(drop), 100);
  await new Promise((resolve) => socket.once("close", resolve));
  clearInterval(drip);
  return performance.now() - begun;
}

test("an address or headers without end are refused", async () => {
  const close = "Host: localhost\r\nConnection: close\r\n";
  assert.match(await firstLine(`GET /api/v1/ports?q=${"a".repeat(5_000)} HTTP/1.1\r\n${close}\r\n`), / 414 /);
  assert.match(
    await firstLine(`GET /livez HTTP/1.1\r\n${close}X-Long: ${"a".repeat(20_000)}\r\n\r\n`),
    / 431 /,
  );
  assert.match(await firstLine(`GET /api/v1/ports/${"a".repeat(300)} HTTP/1.1\r\n${close}\r\n`), / 4\d\d /);
});

test("bytes that are no HTTP, and two lengths for one body, are refused", async () => {
  assert.match(await firstLine("\u0016\u0003\u0001 TLS to a plain port\r\n\r\n"), / 400 /);
  assert.match(
    await firstLine(
      "POST /api/v1/intake HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ),
    / 400 /,
  );
  assert.match(await firstLine("GET /livez HTTP/1.1\r\n\r\n"), / 400 /);
});

test("who sends headers drop by drop is let go", async () => {
  const ms = await bornFor("GET /livez HTTP/1.1\r\nHost: localhost\r\n", "X-A: b\r\n");
  assert.ok(ms < 5_000, `${ms} ms`);
});

test("who sends a body drop by drop is let go", async () => {
  const head = `POST /api/v1/intake HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${world.tokens.intake.token}\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n`;
  const ms = await bornFor(head, " ");
  assert.ok(ms < 6_000, `${ms} ms`);
});

test("one peer cannot take all connections, and others do not notice", async () => {
  const sockets = Array.from({ length: 60 }, () => open("127.0.0.9"));
  await sleep(300);
  const held = sockets.filter((socket) => !socket.destroyed && socket.readyState === "open").length;
  assert.ok(held <= 20, `${held} held`);
  assert.equal((await fetch(`${world.url}/livez`)).status, 200);
  for (const socket of sockets) socket.destroy();
  await sleep(100);
  const again = open("127.0.0.9");
  await sleep(100);
  assert.equal(again.readyState, "open", "places are given back");
  again.destroy();
});

test("a stranger may ask so often; who has a session or a token is not counted", async () => {
  const statuses: number[] = [];
  for (let round = 0; round < 80; round += 1) statuses.push((await world.stranger.get("/setup")).status);
  assert.equal(statuses.at(-1), 429);
  const held = await world.stranger.get("/ports");
  assert.equal(held.status, 429);
  assert.match(held.headers.get("content-type") ?? "", /problem\+json/);
  assert.ok(Number(held.headers.get("retry-after")) >= 1);
  assert.equal((await world.people.viewer.get("/hosts")).status, 200);
  assert.equal((await world.tokens.intake.post("/intake", new Lookout().full([listenerOn(22)]))).status, 200);
  assert.equal((await fetch(`${world.url}/livez`)).status, 200);
});

test("while the writer has no room, a batch is told to come back", async () => {
  const full = {
    ...world.app,
    ingest: () => Promise.reject(new PortolanError("unavailable", "Too much waits to be written.")),
  };
  const { clock } = world;
  const server = await createServer({
    app: full,
    clock,
    log: world.server.state.log,
    publicUrl: null,
    hostNames: [],
    trustedProxies: [],
    webFolder: null,
  });
  const response = await server.inject({
    method: "POST",
    url: "/api/v1/intake",
    headers: { host: "localhost", authorization: `Bearer ${world.tokens.intake.token}` },
    payload: new Lookout().full([listenerOn(22)]),
  });
  assert.equal(response.statusCode, 503);
  assert.ok(Number(response.headers["retry-after"]) >= 1);
  await server.close();
});

test("a closing server finishes what runs, takes nothing new and is gone", async () => {
  const own = await openWorld();
  const running = own.people.viewer.get("/overview");
  await sleep(5);
  const start = performance.now();
  const closing = own.close();
  assert.ok([200, 503].includes((await running).status));
  await closing;
  assert.ok(performance.now() - start < 5_000);
  await assert.rejects(fetch(`${own.url}/livez`));
});
