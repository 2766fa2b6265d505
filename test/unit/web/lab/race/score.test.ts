import { describe, expect, it } from "vitest";
import { Score } from "../../../../../web/lab/race/score.ts";

describe("Score", () => {
  it("counts messages and their bytes until it is reset", () => {
    const score = new Score();
    score.count(256, 1);
    score.count(96, 2);
    expect([score.messages, score.usefulBytes]).toEqual([2, 352]);
    score.reset();
    expect([score.messages, score.usefulBytes, score.percentile(0.5)]).toEqual([0, 0, undefined]);
  });

  it.each([0.7, 1, 7.3, 40, 555, 12_000])(
    "percentiles of latencies around %f ms are right to a twentieth",
    (middle) => {
      const score = new Score();
      // 1 to 199 hundredths of the middle, in an order that is not theirs.
      for (let n = 0; n < 199; n += 1) score.count(1, (middle * (1 + ((n * 71) % 199))) / 100);
      for (const share of [0.1, 0.5, 0.99]) {
        const exact = (middle * Math.ceil(199 * share)) / 100;
        const found = score.percentile(share) ?? NaN;
        expect(found).toBeGreaterThanOrEqual(exact * 0.999);
        expect(found).toBeLessThanOrEqual(exact * 1.051);
      }
    },
  );

  it("a clock that is a little ahead makes no latency negative", () => {
    const score = new Score();
    score.count(1, -3);
    expect(score.percentile(0.5)).toBeGreaterThanOrEqual(0);
    expect(score.takeRecentMedian()).toBe(0);
  });

  it("the recent median forgets what it has told", () => {
    const score = new Score();
    for (const ms of [5, 1, 9]) score.count(1, ms);
    expect(score.takeRecentMedian()).toBe(5);
    expect(score.takeRecentMedian()).toBeNull();
    score.count(1, 7);
    expect(score.takeRecentMedian()).toBe(7);
    expect(score.messages).toBe(4);
  });
});
