// The clock of a page: input first, then deadlines.
import { expect, test } from "vitest";
import { createPatientClock } from "../../../../src/client/page/clock.ts";
import { FakeClock, settled } from "../../../support/fake-clock.ts";

test("F-26 what had arrived when a timer fell due is read before its deadline is judged", () => {
  const base = new FakeClock();
  const queue: (() => void)[] = [];
  const clock = createPatientClock(base, (run) => queue.push(run));
  const seen: string[] = [];
  clock.schedule(1_000, () => seen.push("deadline"));
  base.advance(600_000);
  expect(seen).toEqual([]);
  seen.push("input");
  for (const run of queue) run();
  expect(seen).toEqual(["input", "deadline"]);
  expect(clock.now()).toBe(base.now());
});

test("a deadline that the input canceled is not judged", () => {
  const base = new FakeClock();
  const queue: (() => void)[] = [];
  const clock = createPatientClock(base, (run) => queue.push(run));
  const seen: string[] = [];
  const late = clock.schedule(1_000, () => seen.push("late"));
  clock.schedule(2_000, () => seen.push("canceled before")).cancel();
  base.advance(5_000);
  late.cancel();
  for (const run of queue) run();
  expect(seen).toEqual([]);
  expect(queue).toHaveLength(1);
});

test("on the platform's own clock and task queue, timers run", async () => {
  const clock = createPatientClock();
  await new Promise<void>((resolve) => {
    clock.schedule(0, resolve);
    void settled();
  });
});
