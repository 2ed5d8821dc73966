import assert from "node:assert/strict";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import test, { type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "../../base/clock.ts";
import { FrameReader, zabbixFrame } from "../../packet/zabbix-frame.ts";
import type { SenderValue } from "../../packet/zabbix-sender.ts";
import { openTrapperSender, type TrapperSender } from "./trapper-sender.ts";

const limits = { awayPauseMs: 20, refusedPauseMs: 20, pauseMsMax: 50 };

/** A trapper that answers by `answer`; null: it closes the connection without a word. */
async function trapper(
  answer: (values: readonly SenderValue[]) => Uint8Array | null,
  port = 0,
): Promise<Server> {
  const server = createServer((socket: Socket) => {
    const reader = new FrameReader({ bytesMax: 1_000_000, bareLine: false });
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      const reading = reader.push(chunk);
      if (reading.state !== "complete") return;
      const { data } = JSON.parse(Buffer.from(reading.data).toString()) as { data: SenderValue[] };
      const bytes = answer(data);
      if (bytes === null) socket.destroy();
      else socket.end(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return server;
}

const counted = (processed: number, failed: number): Uint8Array =>
  zabbixFrame(
    JSON.stringify({
      response: "success",
      info: `processed: ${processed}; failed: ${failed}; total: ${processed + failed}; seconds spent: 0.1`,
    }),
  );

function senderTo(t: TestContext, port: number): { readonly sender: TrapperSender; readonly said: string[] } {
  const said: string[] = [];
  const report = (sentence: string): void => void said.push(sentence);
  const sender = openTrapperSender({ host: "127.0.0.1", port, clock: systemClock, limits, report });
  t.after(() => sender.close());
  return { sender, said };
}

async function drained(sender: TrapperSender): Promise<void> {
  const endMs = performance.now() + 10_000;
  while (sender.waiting > 0) {
    assert.ok(performance.now() < endMs, "values still wait after 10 s");
    await sleep(5);
  }
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;
const offer = (sender: TrapperSender, key: string, value: string): void =>
  sender.offer({ host: "web-1", key, value, atMs: 1_700_000_000_000 });

test("values arrive after the time in which their item is refused", async (t) => {
  const got: string[] = [];
  let refusals = 3;
  const server = await trapper((values) => {
    if (values[0]?.key === "new" && refusals-- > 0) return counted(0, values.length);
    got.push(...values.map(({ value }) => value));
    return counted(values.length, 0);
  });
  t.after(() => server.close());
  const { sender, said } = senderTo(t, portOf(server));
  for (const text of ["1", "2", "3"]) offer(sender, "new", text);
  await drained(sender);
  assert.deepEqual(got, ["1", "2", "3"]);
  assert.match(said.join("\n"), /has no trapper item new of web-1 yet; its values wait$/);
});

test("values wait for a server that is down, hangs up, or talks nonsense", async (t) => {
  const got: string[] = [];
  const nonsense: (Uint8Array | null)[] = [
    null,
    Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"),
    zabbixFrame("{}"),
    zabbixFrame('{"response":"failed","info":"not \u001ballowed"}'),
    counted(9, 0),
  ];
  const closed = await trapper(() => null);
  const port = portOf(closed);
  await new Promise((resolve) => closed.close(resolve));
  const { sender, said } = senderTo(t, port);
  offer(sender, "a", "kept");
  while (said.length === 0) await sleep(5);
  assert.match(said[0] ?? "", /takes no values, they wait: .*ECONNREFUSED/);
  const server = await trapper((values) => {
    const bytes = nonsense.shift();
    if (bytes !== undefined) return bytes;
    got.push(...values.map(({ value }) => value));
    return counted(values.length, 0);
  }, port);
  t.after(() => server.close());
  await drained(sender);
  assert.deepEqual(got, ["kept"]);
  assert.match(said.at(-1) ?? "", /takes values again$/);
  assert.equal(nonsense.length, 0);
  assert.equal(sender.counters.delivered, 1);
});

test("closing lets the request under way end", async (t) => {
  let got = 0;
  const server = await trapper((values) => {
    got += values.length;
    return counted(values.length, 0);
  });
  t.after(() => server.close());
  const { sender } = senderTo(t, portOf(server));
  offer(sender, "a", "last");
  await sender.close();
  assert.equal(got, 1);
  assert.equal(sender.waiting, 0);
});
