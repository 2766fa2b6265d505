import { describe, expect, test } from "vitest";
import { VirtualClock } from "../../../src/testing/virtual-clock.ts";

describe("VirtualClock", () => {
  test("timers run at their own moments, in order, and what they set runs too", () => {
    const clock = new VirtualClock(0);
    const told: string[] = [];
    const note = (what: string) => (): void => void told.push(`${what} ${String(clock.now())}`);
    clock.schedule(20, note("late"));
    clock.schedule(10, () => {
      note("early")();
      clock.schedule(5, note("set on the way"));
    });
    clock.schedule(20, note("as late"));
    clock.advance(20);
    expect(told).toEqual(["early 10", "set on the way 15", "late 20", "as late 20"]);
    expect([clock.now(), clock.pendingCount, clock.nextAt]).toEqual([20, 0, undefined]);
  });

  test("a canceled timer does not run and is not pending", () => {
    const clock = new VirtualClock();
    const timer = clock.schedule(1, () => expect.unreachable());
    timer.cancel();
    timer.cancel();
    clock.advance(10);
    expect(clock.pendingCount).toBe(0);
  });

  test("promises have their turn between timers", async () => {
    const clock = new VirtualClock(0);
    const told: number[] = [];
    clock.schedule(10, () => void Promise.resolve().then(() => clock.schedule(10, () => told.push(clock.now()))));
    await clock.advanceAsync(30);
    expect(told).toEqual([20]);
  });

  test.each([-1, NaN])("a timer %d ms from now is a mistake", (delayMs) => {
    expect(() => new VirtualClock().schedule(delayMs, () => {})).toThrow("expected a number");
  });
});
