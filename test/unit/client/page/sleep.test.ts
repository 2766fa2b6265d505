// The machine slept, or only a clock was set, or the browser was slow: told apart by how much time was lost.
import { expect, test } from "vitest";
import { sleepTimes, watchSleep } from "../../../../src/client/page/sleep.ts";
import { FakeClock } from "../../../support/fake-clock.ts";

function begin(): {
  clock: FakeClock;
  wall: { skewMs: number };
  page: { isHidden: boolean };
  wokenCount: () => number;
  stop: () => void;
} {
  const clock = new FakeClock();
  const wall = { skewMs: 0 };
  const page = { isHidden: false };
  let count = 0;
  const watch = watchSleep(
    clock,
    () => clock.now() + wall.skewMs,
    () => page.isHidden,
    () => (count += 1),
  );
  return { clock, wall, page, wokenCount: () => count, stop: () => watch.stop() };
}

test("time that passes as it should is no sleep", () => {
  const { clock, wokenCount } = begin();
  clock.advance(10 * sleepTimes.lookMs);
  expect(wokenCount()).toBe(0);
});

test("F-23 a sleep during which the monotonic clock stood still is noticed by wall time, once", () => {
  const { clock, wall, wokenCount } = begin();
  clock.advance(sleepTimes.lookMs / 2);
  wall.skewMs += 600_000;
  clock.advance(sleepTimes.lookMs);
  expect(wokenCount()).toBe(1);
  clock.advance(5 * sleepTimes.lookMs);
  expect(wokenCount()).toBe(1);
});

test("F-25 a wall clock set back is no sleep, and one set forward wakes once", () => {
  const { clock, wall, wokenCount } = begin();
  wall.skewMs -= 3_600_000;
  clock.advance(3 * sleepTimes.lookMs);
  expect(wokenCount()).toBe(0);
  wall.skewMs += 7_200_000;
  clock.advance(3 * sleepTimes.lookMs);
  expect(wokenCount()).toBe(1);
});

test("F-26 a stall of twelve seconds is no sleep", () => {
  const { clock, wall, wokenCount } = begin();
  wall.skewMs += 12_000;
  clock.advance(sleepTimes.lookMs);
  expect(wokenCount()).toBe(0);
});

test("a hidden page whose timers run once a minute did not sleep", () => {
  const { clock, wall, page, wokenCount } = begin();
  page.isHidden = true;
  wall.skewMs += 60_000;
  clock.advance(sleepTimes.lookMs);
  expect(wokenCount()).toBe(0);
  wall.skewMs += 600_000;
  clock.advance(sleepTimes.lookMs);
  expect(wokenCount()).toBe(1);
});

test("a page that was hidden when it lost the time is judged as hidden after it was shown", () => {
  const { clock, wall, page, wokenCount } = begin();
  page.isHidden = true;
  clock.advance(sleepTimes.lookMs);
  wall.skewMs += 60_000;
  page.isHidden = false;
  clock.advance(sleepTimes.lookMs);
  expect(wokenCount()).toBe(0);
});

test("a stopped watch leaves no timer behind", () => {
  const { clock, wall, wokenCount, stop } = begin();
  clock.advance(sleepTimes.lookMs);
  stop();
  wall.skewMs += 600_000;
  clock.advance(5 * sleepTimes.lookMs);
  expect(wokenCount()).toBe(0);
  expect(clock.pendingCount).toBe(0);
});
