import { expect, test } from "vitest";
import { Wheel, type Sleeper } from "../../../src/session/wheel.ts";
import { FakeClock } from "../../support/fake-clock.ts";

function sleeper(clock: FakeClock, wakeAt: number): Sleeper & { wakeAt: number; ticks: number[] } {
  const ticks: number[] = [];
  return {
    wakeAt,
    wakeSlot: undefined,
    ticks,
    tick() {
      ticks.push(clock.now());
      this.wakeAt = Infinity;
    },
  };
}

test("each is woken once, at its moment or up to a quarter of a second later", () => {
  const clock = new FakeClock(0);
  const wheel = new Wheel(clock);
  const all = [100, 250, 251, 60_000].map((at) => sleeper(clock, at));
  for (const one of all) wheel.schedule(one);
  expect(clock.pendingCount).toBe(1);
  clock.advance(120_000);
  expect(all.map(({ ticks }) => ticks)).toEqual([[250], [250], [500], [60_000]]);
  expect([wheel.size, clock.pendingCount]).toEqual([0, 0]);
});

test("a deadline that moved back costs one look, one that moved forward is kept", () => {
  const clock = new FakeClock(0);
  const wheel = new Wheel(clock);
  const late = sleeper(clock, 1_000);
  const early = sleeper(clock, 5_000);
  wheel.schedule(late);
  wheel.schedule(early);
  late.wakeAt = 3_000;
  early.wakeAt = 500;
  wheel.schedule(early);
  clock.advance(10_000);
  expect([late.ticks, early.ticks]).toEqual([[3_000], [500]]);
});

test("who waits for nothing is not in it, and who was removed is not woken, even by a neighbour", () => {
  const clock = new FakeClock(0);
  const wheel = new Wheel(clock);
  const idle = sleeper(clock, Infinity);
  const removed = sleeper(clock, 200);
  const first: Sleeper = { wakeAt: 100, wakeSlot: undefined, tick: () => wheel.remove(removed) };
  const once = { ...first, tick: () => (first.tick(), Object.assign(once, { wakeAt: Infinity })) };
  for (const one of [idle, once, removed]) wheel.schedule(one);
  expect(wheel.size).toBe(2);
  clock.advance(1_000);
  expect([removed.ticks, idle.ticks]).toEqual([[], []]);
});
