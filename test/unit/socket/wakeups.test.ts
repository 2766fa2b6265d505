import { expect, test } from "vitest";
import { Wakeups, type Wakeable } from "../../../src/socket/wakeups.ts";
import { FakeClock } from "../../support/fake-clock.ts";

/** Remembers when it was woken; may do something then. */
class Sleeper implements Wakeable {
  wakeBucket = Infinity;
  readonly woken: number[] = [];
  readonly #then: (() => void) | undefined;

  constructor(then?: () => void) {
    this.#then = then;
  }

  wake(now: number): void {
    this.woken.push(now);
    this.#then?.();
  }
}

const setUp = (): { clock: FakeClock; wakeups: Wakeups } => {
  const clock = new FakeClock(1_000);
  return { clock, wakeups: new Wakeups(clock) };
};

test("each is woken at its moment or up to 100 ms later, once", () => {
  const { clock, wakeups } = setUp();
  const moments = [1_000, 1_001, 1_099, 1_100, 1_101, 2_450, 61_000];
  const sleepers = moments.map((at) => {
    const sleeper = new Sleeper();
    wakeups.schedule(sleeper, at);
    return sleeper;
  });
  clock.advance(100_000);
  for (const [index, at] of moments.entries()) {
    const { woken } = sleepers[index] as Sleeper;
    expect(woken).toHaveLength(1);
    expect(woken[0]).toBeGreaterThanOrEqual(at);
    expect(woken[0]).toBeLessThanOrEqual(at + 100);
  }
  expect(wakeups.size).toBe(0);
});

test("a thousand of them need one timer, and none when nobody waits", () => {
  const { clock, wakeups } = setUp();
  const sleepers = Array.from({ length: 1_000 }, () => new Sleeper());
  for (const [index, sleeper] of sleepers.entries()) wakeups.schedule(sleeper, 60_000 - index * 13);
  expect(clock.pendingCount).toBe(1);
  expect(wakeups.size).toBe(1_000);
  clock.advance(60_000);
  expect(sleepers.every(({ woken }) => woken.length === 1)).toBe(true);
  expect(clock.pendingCount).toBe(0);
});

test("an earlier moment replaces a later one, a later one changes nothing", () => {
  const { clock, wakeups } = setUp();
  const sleeper = new Sleeper();
  wakeups.schedule(sleeper, 30_000);
  wakeups.schedule(sleeper, 5_000);
  wakeups.schedule(sleeper, 20_000);
  expect(wakeups.size).toBe(1);
  clock.advance(50_000);
  expect(sleeper.woken).toEqual([5_000]);
});

test("Infinity asks for nothing, a moment that has passed for now", () => {
  const { clock, wakeups } = setUp();
  const never = new Sleeper();
  const late = new Sleeper();
  wakeups.schedule(never, Infinity);
  wakeups.schedule(late, 10);
  expect(clock.pendingCount).toBe(1);
  clock.advance(0);
  expect(late.woken).toEqual([1_000]);
  expect(never.woken).toEqual([]);
});

test("whoever is woken may ask again, for the same moment or a later one", () => {
  const { clock, wakeups } = setUp();
  const sleeper: Sleeper = new Sleeper(() => {
    if (sleeper.woken.length < 4) wakeups.schedule(sleeper, sleeper.woken.length === 1 ? 1_500 : clock.now() + 1_000);
  });
  wakeups.schedule(sleeper, 1_500);
  clock.advance(10_000);
  expect(sleeper.woken).toEqual([1_500, 1_500, 2_500, 3_500]);
});

test("V-26 whoever is forgotten is not woken and not kept, also in the middle of a round", () => {
  const { clock, wakeups } = setUp();
  const forgotten = new Sleeper();
  wakeups.schedule(forgotten, 5_000);
  wakeups.forget(forgotten);
  wakeups.forget(forgotten);
  expect(wakeups.size).toBe(0);
  const pair: Sleeper[] = [new Sleeper(() => wakeups.forget(pair[1] as Sleeper)), new Sleeper()];
  for (const sleeper of pair) wakeups.schedule(sleeper, 7_000);
  const later: Sleeper[] = [new Sleeper(() => wakeups.forget(later[1] as Sleeper)), new Sleeper()];
  wakeups.schedule(later[0] as Sleeper, 8_000);
  wakeups.schedule(later[1] as Sleeper, 8_100);
  clock.advance(4_000);
  clock.advance(60_000);
  expect(forgotten.woken).toEqual([]);
  expect(pair.map(({ woken }) => woken.length)).toEqual([1, 0]);
  expect(later.map(({ woken }) => woken.length)).toEqual([1, 0]);
  expect(forgotten.wakeBucket).toBe(Infinity);
  expect(wakeups.size).toBe(0);
});

test("whoever was forgotten in the middle of a round and asks for later is woken later only", () => {
  const { clock, wakeups } = setUp();
  const pair: Sleeper[] = [
    new Sleeper(() => {
      wakeups.forget(pair[1] as Sleeper);
      wakeups.schedule(pair[1] as Sleeper, 9_000);
    }),
    new Sleeper(),
  ];
  for (const sleeper of pair) wakeups.schedule(sleeper, 2_000);
  clock.advance(60_000);
  expect(pair.map(({ woken }) => woken)).toEqual([[2_000], [9_000]]);
});

test("P-73 after a stall everything that is due is woken in one round, with the time that it is now", () => {
  const { clock, wakeups } = setUp();
  const sleepers = [2_000, 3_000, 10_900, 11_500].map((at) => {
    const sleeper = new Sleeper();
    wakeups.schedule(sleeper, at);
    return sleeper;
  });
  // The clock jumps: its one timer is late.
  const now = clock.now.bind(clock);
  clock.now = () => now() + 9_000;
  clock.advance(1_000);
  expect(sleepers.map(({ woken }) => woken)).toEqual([[11_000], [11_000], [11_000], []]);
  clock.now = now;
  clock.advance(60_000);
  expect(sleepers[3]?.woken).toHaveLength(1);
});
