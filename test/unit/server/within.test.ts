import { expect, it } from "vitest";
import { within } from "../../../src/server/within.ts";
import { FakeClock, settled } from "../../support/fake-clock.ts";

it("waits for what is done in time, and keeps no timer", async () => {
  const clock = new FakeClock();
  let finish = (): void => {};
  const waiting = within(clock, 1_000, new Promise<void>((resolve) => (finish = resolve)));
  expect(clock.pendingCount).toBe(1);
  finish();
  await waiting;
  expect(clock.pendingCount).toBe(0);
});

it("and no longer for what is not", async () => {
  const clock = new FakeClock();
  let isOver = false;
  void within(clock, 1_000, new Promise(() => {})).then(() => void (isOver = true));
  await clock.advanceAsync(999);
  await settled();
  expect(isOver).toBe(false);
  await clock.advanceAsync(1);
  expect(isOver).toBe(true);
});
