import { expect, test } from "vitest";
import { TokenBucket } from "../../../src/base/token-bucket.ts";

/** How many tokens are there at `now`. */
function drain(bucket: TokenBucket, now: number): number {
  let count = 0;
  while (count < 10_000 && bucket.take(now)) count++;
  return count;
}

test("V-14 a full bucket gives its burst and not one more", () => {
  expect(drain(new TokenBucket(100, 500, 0), 0)).toBe(500);
});

test("tokens come back at their rate, never beyond the burst", () => {
  const bucket = new TokenBucket(1_000, 5_000, 0);
  drain(bucket, 0);
  expect(drain(bucket, 0.5)).toBe(0);
  expect(drain(bucket, 1)).toBe(1);
  expect(drain(bucket, 1_001)).toBe(1_000);
  expect(drain(bucket, 3_600_000)).toBe(5_000);
});

test("a rate of 0 is no limit", () => {
  expect(drain(new TokenBucket(0, 0, 0), 0)).toBe(10_000);
});

test("a burst below one second's tokens is raised to it", () => {
  expect(drain(new TokenBucket(100, 0, 0), 0)).toBe(100);
});

test("time that stands still or seems to go back gives nothing and takes nothing", () => {
  const bucket = new TokenBucket(10, 10, 1_000);
  drain(bucket, 1_000);
  expect(drain(bucket, 500)).toBe(0);
  expect(drain(bucket, 1_000)).toBe(0);
  expect(drain(bucket, 1_100)).toBe(1);
  expect(drain(new TokenBucket(10, 10, 1_000), 500)).toBe(10);
  expect(new TokenBucket(10, 10, 1_000).isFull(500)).toBe(true);
});

test("a bucket is full when it remembers nothing: then it may be forgotten", () => {
  const bucket = new TokenBucket(10, 20, 0);
  expect(bucket.isFull(0)).toBe(true);
  bucket.take(0);
  expect(bucket.isFull(0)).toBe(false);
  expect(bucket.isFull(99)).toBe(false);
  expect(bucket.isFull(100)).toBe(true);
  expect(bucket.isFull(50)).toBe(false);
});
