import { expect, test } from "vitest";
import { Backoff } from "../../../src/client/backoff.ts";

const at = (fraction: number): Backoff => new Backoff({ fraction: () => fraction });

test("F-27 pauses double from half a second to thirty, anywhere between nothing and that", () => {
  const longest = at(0.999_999);
  const pauses = Array.from({ length: 9 }, () => Math.round(longest.next(undefined)));
  expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  expect(at(0).next(undefined)).toBe(0);
  longest.reset();
  expect(Math.round(longest.next(undefined))).toBe(500);
});

test("F-28 a server that says when is not asked before, and not by all at once", () => {
  expect(at(0).next(5_000)).toBe(5_000);
  expect(at(0.5).next(5_000)).toBe(5_250);
});
