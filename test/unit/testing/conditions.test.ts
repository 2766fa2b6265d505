import { expect, test } from "vitest";
import { latencyOf, slicesOf, transferMs } from "../../../src/testing/conditions.ts";

const half = { fill: () => {}, fraction: () => 0.5 };

test("latency is a number, or anywhere between two", () => {
  expect([latencyOf({}, half), latencyOf({ latencyMs: 7 }, half), latencyOf({ latencyMs: [10, 20] }, half)]).toEqual([
    0, 7, 15,
  ]);
});

test("bytes arrive in pieces of at most so many, all of them", () => {
  const bytes = Uint8Array.of(1, 2, 3, 4, 5);
  expect(slicesOf(bytes, { sliceBytes: 2 }).map((slice) => [...slice])).toEqual([[1, 2], [3, 4], [5]]);
  expect(slicesOf(bytes, {})).toEqual([bytes]);
});

test("so much goes through in a second", () => {
  expect([transferMs(500, { bytesPerSecond: 1_000 }), transferMs(500, {})]).toEqual([500, 0]);
});
