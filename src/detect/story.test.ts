import assert from "node:assert/strict";
import test from "node:test";
import { play, type StoryOptions, tell } from "../../test/support/story.ts";

const day: StoryOptions = { stepMs: 86_400_000 };
const udp: StoryOptions = { transport: "udp" };
const fresh: StoryOptions = { fresh: true };

/** history → what is told, column by column; options where the story needs them. */
const stories: readonly (readonly [title: string, history: string, told: string, options?: StoryOptions])[] =
  [
    ["a port that opens is new, once", "###", "n--"],
    ["one miss is not news", "#.#", "n--"],
    ["two misses are down, the return is recovered", "#..#", "n-dr"],
    ["a gap in looking says nothing", "#  #", "n---"],
    ["a gap does not add to the misses", "#. .#", "n--dr"],
    ["a gap between misses and return is judged by time alone", "#..   #", "n-d---r"],
    ["down is told once", "#.....", "n-d---"],
    ["a flapping port is told down and back each time", "#..#..#", "n-dr-dr"],
    ["a port that flaps from look to look is silent", "#.#.#.#", "n------"],
    ["what stands there at the first look is no news", "###", "---", fresh],
    ["what stood there at the first look is missed like any other", "#..#", "--dr", fresh],
    ["what was not there at the first look is new later", "..#", "--n", fresh],
    ["misses closer than the span are one restart", "#...#", "n----", { stepMs: 600 }],
    ["misses that span two seconds are down", "#....#", "n---dr", { stepMs: 667 }],
    ["back at the third day is recovered", "#...#", "n-d-r", day],
    ["back after the third day is new again", "#....#", "n-d--n", day],
    ["look-back counts from the first miss, gaps included", "#..  #", "n-d--n", day],
    ["a look-back of one day", "#..#", "n-dn", { ...day, policy: { lookBackMs: 86_400_000 } }],
    ["three misses where the policy asks for three", "#..#...#", "n-----dr", { policy: { missesToDown: 3 } }],

    ["a restart of the same program is silent", "#aaa", "n---"],
    ["a restart with a missed look between is silent", "#.a", "n--"],
    ["a stop and start of the same program is down and recovered", "#..a", "n-dr"],
    ["another program on the port is changed", "AAB", "n-c"],
    ["another program after one missed look is changed", "A.B", "n-c"],
    ["another program after a down is changed, not recovered", "A..B", "n-dc"],
    ["another program after the look-back is new", "A....B", "n-d--n", day],
    ["a second program joins and leaves", "A*A", "ncc"],
    ["one of two leaves", "*B", "nc"],
    ["an unknown owner is not a change", "A?A", "n--"],
    ["unknown, then known, is not a change", "?A", "n-"],
    ["what changed while it was unknown is told when it is known", "A?B", "n-c"],
    ["unknown through a down: recovered", "A..?", "n-dr"],
    ["a second owner that cannot be read makes no change", "A~A", "n--"],
    ["an owner that becomes readable did not join", "~*", "n-"],

    ["a UDP port is new at the second sighting", "##", "-n", udp],
    ["a UDP port seen once is never told", "#.", "--", udp],
    ["a UDP port seen now and then is never told", "#.#.#..#.", "---------", udp],
    ["a UDP port seen once at the first look is never missed", "#...", "----", { ...udp, fresh: true }],
    ["a UDP port confirmed after the first look is missed", "##..", "---d", { ...udp, fresh: true }],
    ["a gap does not stand for a sighting", "# #", "--n", udp],
    ["a UDP port is back at the second sighting", "##..##", "-n-d-r", udp],
    ["a UDP port back once stays down", "##..#..##", "-n-d----r", udp],
    ["a UDP port back with another owner is changed", "AA..BB", "-n-d-c", udp],
    ["a UDP port back after the look-back is new", "##.....##", "-n-d----n", { ...udp, ...day }],
  ];

for (const [title, history, told, options] of stories) {
  test(`${JSON.stringify(history)}: ${title}`, () => {
    assert.equal(tell(history, options), told);
  });
}

test("an event says since when, by what evidence, and who before and after", () => {
  const [first, down, back] = play("A..B").events;
  assert.deepEqual(first?.reason, { code: "first-seen-where-looked-before", sightings: 1 });
  assert.deepEqual(down?.reason, { code: "not-seen", misses: 2, spanMs: 2_000 });
  assert.equal((down?.atMs ?? 0) - (down?.observedAtMs ?? 0), 2_000);
  assert.deepEqual(
    down?.ownersBefore.map(({ executable }) => executable),
    ["/usr/bin/program-A"],
  );
  assert.deepEqual(down?.ownersAfter, []);
  assert.deepEqual(back?.reason, { code: "owner-differs", downForMs: 4_000 });
  assert.deepEqual(
    [back?.ownersBefore, back?.ownersAfter].map((owners) => owners?.map(({ executable }) => executable)),
    [["/usr/bin/program-A"], ["/usr/bin/program-B"]],
  );
});

test("a return names how long it was away and the look-back it was held against", () => {
  const { events } = play("#..#");
  assert.deepEqual(events.at(-1)?.reason, {
    code: "back-within-look-back",
    downForMs: 4_000,
    lookBackMs: 3 * 86_400_000,
  });
  const later = play("#....#", day).events.at(-1);
  assert.equal(later?.reason.code, "back-after-look-back");
});

test("joined and left are named as such", () => {
  assert.deepEqual(
    play("A*A")
      .events.slice(1)
      .map(({ reason }) => reason.code),
    ["owner-joined", "owner-left"],
  );
});
