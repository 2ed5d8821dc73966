import assert from "node:assert/strict";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { changeFeed } from "../app/change-feed.ts";
import { eventKinds } from "../model/event.ts";
import type { EventCounts } from "../store/rows.ts";
import { changeStreams, hostIdsMax, type Sink, type Subscriber } from "./change-streams.ts";
import { defaultLimits } from "./limits.ts";

interface Heard extends Sink {
  text: string;
  state: "open" | "ended" | "destroyed";
  writableLength: number;
}

function listen(): Heard {
  return {
    text: "",
    state: "open",
    writableLength: 0,
    write(text) {
      this.text += text;
      return true;
    },
    end() {
      this.state = "ended";
    },
    destroy() {
      this.state = "destroyed";
    },
  };
}

function subscriber(sink: Sink, more: Partial<Subscriber> = {}): Subscriber {
  return { sink, owner: "user:u1", sessionId: "s1", stillHolds: async () => true, lastSeenId: null, ...more };
}

const kinds = Object.fromEntries(eventKinds.map((kind) => [kind, kind === "new" ? 1 : 0])) as EventCounts;

test("changes that come together are told in one message with their sum", async () => {
  const feed = changeFeed(1_000);
  const streams = changeStreams(feed, defaultLimits);
  const sink = listen();
  streams.open(subscriber(sink));
  for (const hostId of ["h1", "h2", "h1"])
    feed.publish({ kind: "change", atMs: 5, kinds, hostIds: [hostId] });
  await sleep(150);
  streams.close();
  assert.equal(sink.text.match(/event: change/g)?.length, 1);
  assert.match(
    sink.text,
    /id: 1003\nevent: change\ndata: \{"kinds":\{"new":3,.*"hostIds":\["h1","h2"\],"moreHosts":false/,
  );
});

test("a message names so many hosts and no more", async () => {
  const feed = changeFeed(1);
  const streams = changeStreams(feed, defaultLimits);
  const sink = listen();
  streams.open(subscriber(sink));
  const hostIds = Array.from({ length: 5_000 }, (_, index) => `host-${index}`);
  feed.publish({ kind: "change", atMs: 5, kinds, hostIds });
  await sleep(150);
  streams.close();
  assert.match(sink.text, /"moreHosts":true/);
  assert.equal(sink.text.match(/host-/g)?.length, hostIdsMax);
});

test("who comes back hears how much was missed", () => {
  const feed = changeFeed(10);
  const streams = changeStreams(feed, defaultLimits);
  for (let round = 0; round < 3; round += 1) feed.publish({ kind: "health", atMs: 1 });
  const [known, unknown] = [listen(), listen()];
  streams.open(subscriber(known, { lastSeenId: 11 }));
  streams.open(subscriber(unknown, { lastSeenId: 3 }));
  streams.close();
  assert.match(known.text, /event: change\ndata: .*"missed":2/);
  assert.match(unknown.text, /event: change\ndata: .*"missed":null/);
});

test("a slow reader is cut instead of remembered for", async () => {
  const feed = changeFeed(1);
  const streams = changeStreams(feed, { ...defaultLimits, streamBufferBytes: 1_000 });
  const sink = listen();
  streams.open(subscriber(sink));
  sink.writableLength = 990;
  feed.publish({ kind: "health", atMs: 1 });
  assert.equal(sink.state, "destroyed");
  assert.deepEqual([streams.count, streams.cut], [0, 1]);
  streams.close();
});

test("S4 an ended session's streams end at once, another's go on", () => {
  const feed = changeFeed(1);
  const streams = changeStreams(feed, defaultLimits);
  const [mine, other] = [listen(), listen()];
  streams.open(subscriber(mine));
  streams.open(subscriber(other, { sessionId: "s2" }));
  feed.publish({ kind: "session-ended", atMs: 1, sessionIds: ["s1"], exceptId: null, userId: "u1" });
  assert.equal(mine.state, "ended");
  assert.match(mine.text, /event: session-ended/);
  assert.equal(other.state, "open");
  feed.publish({ kind: "session-ended", atMs: 1, sessionIds: "all", exceptId: null, userId: "u1" });
  assert.equal(other.state, "ended");
  streams.close();
});

test("S4 a right that no longer holds ends the stream at the next check", async () => {
  const streams = changeStreams(changeFeed(1), { ...defaultLimits, recheckMs: 10 });
  const sink = listen();
  let holds = true;
  streams.open(subscriber(sink, { sessionId: null, owner: "token:t", stillHolds: async () => holds }));
  await sleep(30);
  assert.equal(sink.state, "open");
  holds = false;
  await sleep(30);
  assert.equal(sink.state, "ended");
  streams.close();
});

test("streams are counted, over all and per owner", () => {
  const streams = changeStreams(changeFeed(1), { ...defaultLimits, streams: 3, streamsPerCaller: 2 });
  const leave = streams.open(subscriber(listen()));
  streams.open(subscriber(listen()));
  assert.throws(() => streams.open(subscriber(listen())), { code: "unavailable" });
  streams.open(subscriber(listen(), { owner: "user:u2" }));
  assert.throws(() => streams.open(subscriber(listen(), { owner: "user:u3" })), { code: "unavailable" });
  leave();
  streams.open(subscriber(listen(), { owner: "user:u3" }));
  streams.close();
  assert.equal(streams.count, 0);
});
