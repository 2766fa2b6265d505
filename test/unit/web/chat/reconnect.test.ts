import { describe, expect, it } from "vitest";
import { describeClose, isWorthRetrying, retryDelayMs } from "../../../../web/chat/reconnect.ts";

describe("the wait before an attempt", () => {
  it("is anywhere between nothing and a bound that doubles up to half a minute", () => {
    expect(retryDelayMs(0, 0)).toBe(0);
    expect([0, 1, 2, 5, 6, 7, 1_000].map((attempt) => retryDelayMs(attempt, 0.5))).toEqual([
      250, 500, 1_000, 8_000, 15_000, 15_000, 15_000,
    ]);
  });
});

it("another attempt is made after a loss, not after a refusal", () => {
  expect([1000, 1001, 1005, 1006, 1011, 1012, 1013, 4000].filter((code) => !isWorthRetrying(code))).toEqual([]);
  expect([1002, 1003, 1007, 1008, 1009].filter(isWorthRetrying)).toEqual([]);
});

it("a close is described with its code, and its reason when there is one", () => {
  expect(describeClose(1006, "")).toBe("The connection was lost (code 1006)");
  expect(describeClose(1008, "too fast")).toBe("The server refused this connection (code 1008: too fast)");
  expect(describeClose(4321, "")).toBe("The connection was closed (code 4321)");
});
