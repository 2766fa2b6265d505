import { expect, test } from "vitest";
import { Alarm } from "../../../src/session/alarm.ts";
import { FakeClock } from "../../support/fake-clock.ts";

function alarmAt(): { clock: FakeClock; alarm: Alarm; rings: number[] } {
  const clock = new FakeClock(0);
  const rings: number[] = [];
  return { clock, alarm: new Alarm(clock, () => rings.push(clock.now())), rings };
}

test("it rings once, at the earliest of the moments it was set to", () => {
  const { clock, alarm, rings } = alarmAt();
  alarm.set(50);
  alarm.set(20);
  alarm.set(90);
  alarm.set(Infinity);
  expect(clock.pendingCount).toBe(1);
  clock.advance(200);
  expect(rings).toEqual([20]);
});

test("after it has rung it can be set again, also to a moment that has passed", () => {
  const { clock, alarm, rings } = alarmAt();
  alarm.set(20);
  clock.advance(30);
  alarm.set(10);
  clock.advance(0);
  expect(rings).toEqual([20, 30]);
});

test("it never rings before its moment, so that it cannot go round in circles", () => {
  const { clock, alarm, rings } = alarmAt();
  clock.advance(0.3);
  alarm.set(20.1);
  clock.advance(100);
  expect(rings[0]).toBeGreaterThanOrEqual(20.1);
});

test("a canceled one does not ring and holds no timer", () => {
  const { clock, alarm, rings } = alarmAt();
  alarm.set(20);
  alarm.cancel();
  expect(clock.pendingCount).toBe(0);
  clock.advance(100);
  expect(rings).toEqual([]);
});
