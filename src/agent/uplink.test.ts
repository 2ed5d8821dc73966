import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import test from "node:test";
import { gunzipSync } from "node:zlib";
import { backOffMaxMs, pauseAfter, retryAfterMaxMs } from "./back-off.ts";
import { createConnectionUplink, createUplink, gzipFromBytes, readAnswer } from "./uplink.ts";

async function withServer(
  handle: (request: IncomingMessage, body: Buffer, response: ServerResponse) => void,
  use: (url: string) => Promise<void>,
): Promise<void> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => handle(request, Buffer.concat(chunks), response));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const answer = { batchId: "b", replayed: false, events: 0, lookAgainInMs: null };

test("a batch goes to the intake with its token, compressed when it is big", async () => {
  const seen: { url: string | undefined; authorization: string | undefined; body: string }[] = [];
  await withServer(
    (request, body, response) => {
      const plain = request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
      seen.push({
        url: request.url,
        authorization: request.headers.authorization,
        body: plain.toString(),
      });
      response.setHeader("content-type", "application/json").end(JSON.stringify(answer));
    },
    async (url) => {
      const uplink = createUplink(`${url}/base/`, "ptl_x");
      const big = JSON.stringify({ text: "中".repeat(gzipFromBytes) });
      assert.deepEqual(await uplink.send("{}"), { outcome: "accepted", answer });
      assert.equal((await uplink.send(big)).outcome, "accepted");
      uplink.close();
      assert.deepEqual(seen, [
        { url: "/base/api/v1/intake", authorization: "Bearer ptl_x", body: "{}" },
        { url: "/base/api/v1/intake", authorization: "Bearer ptl_x", body: big },
      ]);
    },
  );
});

test("samples of connections have a way of their own", async () => {
  const taken = { stored: 1, known: 0, tooOld: 0 };
  const urls: (string | undefined)[] = [];
  await withServer(
    (request, _body, response) => {
      urls.push(request.url);
      response.end(JSON.stringify(urls.length === 1 ? taken : answer));
    },
    async (url) => {
      const uplink = createConnectionUplink(url, "ptl_x");
      assert.deepEqual(await uplink.send("{}"), { outcome: "accepted", answer: taken });
      assert.equal((await uplink.send("{}")).outcome, "failed");
      uplink.close();
    },
  );
  assert.equal(urls[0], "/api/v1/intake/connections");
});

test("a server that never answers, cuts the connection or floods is a failure, not an exception", async () => {
  await withServer(
    () => {},
    async (url) => {
      const uplink = createUplink(url, "t", 100);
      const delivery = await uplink.send("{}");
      assert.match(delivery.outcome === "failed" ? delivery.message : "", /no answer within 0.1 s/);
    },
  );
  await withServer(
    (request) => request.socket.destroy(),
    async (url) => assert.equal((await createUplink(url, "t").send("{}")).outcome, "failed"),
  );
  await withServer(
    (_request, _body, response) => response.end(Buffer.alloc(1024 * 1024)),
    async (url) => assert.equal((await createUplink(url, "t").send("{}")).outcome, "failed"),
  );
});

test("each status says what to do next", () => {
  const problem = (reason: string): string => JSON.stringify({ detail: "why", details: { reason } });
  const cases: readonly (readonly [number, string, string])[] = [
    [200, JSON.stringify(answer), "accepted"],
    [200, "<html>", "failed"],
    [401, "", "refused"],
    [403, "", "refused"],
    [409, problem("full-look-needed"), "full-look-needed"],
    [409, problem("out-of-order"), "rejected"],
    [409, problem("batch-id-reused"), "rejected"],
    [400, problem(""), "rejected"],
    [413, "", "rejected"],
    [422, "", "rejected"],
    [404, "", "failed"],
    [408, "", "failed"],
    [429, "", "failed"],
    [500, "", "failed"],
    [503, "", "failed"],
  ];
  for (const [status, text, outcome] of cases) {
    assert.equal(readAnswer(status, text, undefined).outcome, outcome, `${status} ${text}`);
  }
  const waiting = readAnswer(503, "", "7");
  assert.equal(waiting.outcome === "failed" ? waiting.retryAfterMs : null, 7000);
});

test("a URL that cannot lead to a server is refused with a sentence", () => {
  assert.throws(() => createUplink("portolan.example", "t"), /is not a URL/);
  assert.throws(() => createUplink("ftp://portolan.example", "t"), /must begin with http/);
});

test("pauses double with jitter up to their limit, and a server's wish is honoured within bounds", () => {
  assert.equal(pauseAfter(1, 0), 250);
  assert.ok(pauseAfter(2, 0.99) < 1000);
  for (let failures = 1; failures < 2000; failures += 1) {
    const pause = pauseAfter(failures, 0.5);
    assert.ok(pause > 0 && pause <= backOffMaxMs);
  }
  assert.equal(pauseAfter(1, 0, 5000), 5000);
  assert.equal(pauseAfter(1, 0, 1e12), retryAfterMaxMs);
});
