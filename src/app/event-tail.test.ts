import assert from "node:assert/strict";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { EventQuery } from "../store/queries.ts";
import type { Page } from "../store/rows.ts";
import type { Reading } from "./application.ts";
import { changeFeed } from "./change-feed.ts";
import { followEvents } from "./event-tail.ts";
import { countKinds } from "./ingest.ts";
import type { EventRow } from "./views.ts";

const noKinds = countKinds([]);

/** A store of events with two rows to a page, and a clock that is set by hand. */
function rig() {
  const events: EventRow[] = [];
  const state = { nowMs: 100_000, failing: false, readings: 0 };
  const feed = changeFeed(1);
  const page = async ({ fromMs = 0, cursor = "0" }: EventQuery): Promise<Page<EventRow>> => {
    state.readings += 1;
    if (state.failing) throw new Error("the reader is being restarted");
    const found = events.filter(({ atMs }) => atMs >= fromMs).toSorted((a, b) => a.atMs - b.atMs);
    const end = Number(cursor) + 2;
    const nextCursor = end < found.length ? String(end) : null;
    return { rows: found.slice(Number(cursor), end), total: null, nextCursor };
  };
  const heard: string[] = [];
  const tail = followEvents({
    application: { feed, read: { events: page } as unknown as Reading },
    clock: { nowMs: () => state.nowMs, monotonicMs: () => 0 },
    take: ({ id }) => heard.push(id),
    pauseMs: 5,
  });
  return {
    state,
    events,
    tail,
    happen(...ids: string[]) {
      events.push(...ids.map((id) => ({ id, atMs: state.nowMs }) as EventRow));
      feed.publish({ kind: "change", atMs: state.nowMs, kinds: noKinds, hostIds: [] });
    },
    async heardAre(...ids: string[]) {
      const endMs = performance.now() + 5_000;
      while (heard.length < ids.length && performance.now() < endMs) await sleep(2);
      await sleep(20);
      assert.deepEqual(heard, ids);
    },
  };
}

test("every event is handed on once, in order, over many pages", async () => {
  const { state, happen, heardAre } = rig();
  happen("a", "b", "c", "d", "e");
  await heardAre("a", "b", "c", "d", "e");
  happen("f");
  state.nowMs += 60_000;
  happen("g");
  await heardAre("a", "b", "c", "d", "e", "f", "g");
});

test("what was decided before is not told, and a reading that failed is repeated", async () => {
  const { state, events, happen, heardAre } = rig();
  state.failing = true;
  events.push({ id: "before", atMs: state.nowMs - 1 } as EventRow);
  happen("a");
  await heardAre();
  state.failing = false;
  await heardAre("a");
});

test("a clock that is set back hides no event, and makes none come twice", async () => {
  const { state, happen, heardAre } = rig();
  happen("a");
  await heardAre("a");
  state.nowMs -= 3_600_000;
  happen("b");
  await heardAre("a", "b");
  state.nowMs += 1;
  happen("c");
  await heardAre("a", "b", "c");
});

test("a storm of changes is read seldom, and nothing after the end", async () => {
  const { state, happen, heardAre, tail } = rig();
  for (let index = 0; index < 500; index++) happen(...(index === 0 ? ["a"] : []));
  await heardAre("a");
  assert.ok(state.readings <= 3, `${state.readings} readings`);
  tail.close();
  happen("b");
  await heardAre("a");
});
