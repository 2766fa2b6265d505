import { expect, it } from "vitest";
import { Allowance } from "../../../../src/cli/chat/allowance.ts";

const pace = { burst: 3, perSecond: 2 };

function takenAt(allowance: Allowance, now: number): number {
  let count = 0;
  while (count < 100 && allowance.take(now)) count += 1;
  return count;
}

it("an allowance gives its burst at once, then what time brings, and never more than the burst", () => {
  const allowance = new Allowance(pace, 1_000);
  expect(takenAt(allowance, 1_000)).toBe(3);
  expect(takenAt(allowance, 1_400)).toBe(0);
  expect(takenAt(allowance, 1_500)).toBe(1);
  expect(takenAt(allowance, 2_500)).toBe(2);
  expect(takenAt(allowance, 1_000_000)).toBe(3);
});

it("an allowance neither gives nor takes when the clock is set back", () => {
  const allowance = new Allowance(pace, 10_000);
  expect(allowance.take(10_000)).toBe(true);
  expect(takenAt(allowance, 5_000)).toBe(2);
  expect(takenAt(allowance, 5_500)).toBe(1);
});
