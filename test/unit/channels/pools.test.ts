import { expect, test } from "vitest";
import { Pools } from "../../../src/channels/pools.ts";

test("I-12 messages share one pool, and the oldest unfinished has another one for itself", () => {
  const pools = new Pools(100);
  const [oldest, second] = [pools.claim({ retry() {} }), pools.claim({ retry() {} })];
  expect(pools.take(second, 100)).toBe(true);
  expect(pools.take(second, 1)).toBe(false);
  expect(pools.take(oldest, 60)).toBe(true);
  expect(pools.take(oldest, 40)).toBe(true);
  expect(pools.used).toBe(200);
});

test("I-12 the reserve stays with its message until that is released", () => {
  const pools = new Pools(100);
  const retried: string[] = [];
  const [first, second, third] = ["first", "second", "third"].map((name) =>
    pools.claim({ retry: () => void retried.push(name) }),
  );
  if (first === undefined || second === undefined || third === undefined) throw new Error("no claims");
  pools.take(third, 100);
  pools.take(first, 50);
  expect(pools.take(second, 1)).toBe(false);
  pools.finish(first);
  expect(retried).toEqual(["second"]);
  // Complete, but not dispatched: its room is not free.
  expect(pools.take(second, 1)).toBe(false);
  pools.release(first);
  expect(retried).toEqual(["second", "second"]);
  expect(pools.take(second, 1)).toBe(true);
  expect(pools.used).toBe(101);
  pools.release(third);
  pools.release(second);
  expect(pools.used).toBe(0);
});

test("I-12 those that were refused are asked again in the order in which they began", () => {
  const pools = new Pools(10);
  const retried: string[] = [];
  const full = pools.claim({ retry() {} });
  const [a, b] = ["a", "b"].map((name) => pools.claim({ retry: () => void retried.push(name) }));
  if (a === undefined || b === undefined) throw new Error("no claims");
  pools.take(full, 10);
  pools.take(full, 10);
  for (const claim of [b, a]) expect(pools.take(claim, 1)).toBe(false);
  pools.release(full);
  expect(retried).toEqual(["a", "b"]);
});
