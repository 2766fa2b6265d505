import { expect, test } from "vitest";
import type { Clock } from "../../../src/base/clock.ts";
import type { Conditions } from "../../../src/testing/conditions.ts";
import { OneWay } from "../../../src/testing/one-way.ts";
import { SeededRandom } from "../../../src/testing/seeded-random.ts";
import { VirtualClock } from "../../../src/testing/virtual-clock.ts";

function begin<Timing extends Clock>(clock: Timing, conditions: Conditions, isPrompt = false) {
  const heard: string[] = [];
  const way = new OneWay({ clock, random: new SeededRandom(1), conditions: () => conditions, isPrompt });
  const send = (name: string, bytes = 1): void => way.send(bytes, () => heard.push(`${clock.now()} ${name}`));
  return { way, clock, heard, send };
}

test("a piece keeps the line busy, is then on its way, and does not overtake", () => {
  const { way, clock, heard, send } = begin(new VirtualClock(0), { latencyMs: 10, bytesPerSecond: 1_000 });
  send("a", 5);
  send("b", 2);
  expect(way.busyMs).toBe(7);
  clock.advance(100);
  expect(heard).toEqual(["15 a", "17 b"]);
});

test("in whichever order timers fire, pieces arrive in theirs", () => {
  const due: (() => void)[] = [];
  const backwards: Clock = { now: () => 0, schedule: (_ms, run) => (due.unshift(run), { cancel() {} }) };
  const { heard, send } = begin(backwards, { latencyMs: 1 });
  for (const name of "abc") send(name);
  for (const run of due) run();
  expect(heard).toEqual(["0 a", "0 b", "0 c"]);
});

test("without delay a prompt one arrives in this turn, another in a later one", () => {
  const [prompt, other] = [begin(new VirtualClock(0), {}, true), begin(new VirtualClock(0), {})];
  for (const { send } of [prompt, other]) send("a");
  expect([prompt.heard, other.heard]).toEqual([["0 a"], []]);
  other.clock.advance(0);
  expect(other.heard).toEqual(["0 a"]);
});

test("stopped, nothing arrives any more, not even what is sent then", () => {
  const { way, clock, heard, send } = begin(new VirtualClock(0), { latencyMs: 1 });
  send("a");
  way.after(2, () => heard.push("after"));
  way.stop();
  send("b");
  clock.advance(10);
  expect([heard, clock.pendingCount]).toEqual([[], 0]);
});
