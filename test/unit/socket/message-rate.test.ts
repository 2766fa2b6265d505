import { expect, test } from "vitest";
import { MessageRate } from "../../../src/socket/message-rate.ts";

/** The verdicts on `count` messages at `now`, as `200 fine, 1 pause`. */
function receive(rate: MessageRate, count: number, now: number): string {
  const verdicts = new Map<string, number>();
  for (let index = 0; index < count; index++) {
    const verdict = rate.receive(now);
    verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
  }
  return [...verdicts].map(([verdict, times]) => `${times} ${verdict}`).join(", ");
}

test("the public preset's 100 a second with a burst of 200: the 201st pauses reading for a second", () => {
  const rate = new MessageRate(100, 200, 0);
  expect(receive(rate, 200, 0)).toBe("200 fine");
  expect(rate.pausedUntil).toBe(Infinity);
  expect(receive(rate, 1, 0)).toBe("1 pause");
  expect(rate.pausedUntil).toBe(1_000);
});

test("what was read together with the message that caused the pause is no second offence", () => {
  const rate = new MessageRate(100, 200, 0);
  expect(receive(rate, 5_000, 0)).toBe("4999 fine, 1 pause");
});

test("the pause ends at its time, once", () => {
  const rate = new MessageRate(100, 200, 0);
  expect(rate.resume(1e9)).toBe(false);
  receive(rate, 201, 0);
  expect(rate.resume(999)).toBe(false);
  expect(rate.resume(1_000)).toBe(true);
  expect(rate.resume(1_000)).toBe(false);
  expect(rate.pausedUntil).toBe(Infinity);
});

test("too fast again within two seconds of a pause is a flood", () => {
  const rate = new MessageRate(100, 200, 0);
  receive(rate, 201, 0);
  rate.resume(1_000);
  expect(receive(rate, 101, 1_000)).toBe("100 fine, 1 flood");
});

test("too fast again later is another pause", () => {
  const rate = new MessageRate(100, 200, 0);
  receive(rate, 201, 0);
  rate.resume(1_000);
  expect(receive(rate, 201, 2_000)).toBe("200 fine, 1 pause");
  expect(rate.pausedUntil).toBe(3_000);
});

test("a peer that keeps to the rate is never told anything", () => {
  const rate = new MessageRate(100, 200, 0);
  const verdicts = new Set<string>();
  for (let now = 0; now < 600_000; now += 10) verdicts.add(rate.receive(now));
  expect([...verdicts]).toEqual(["fine"]);
});

test("a rate of 0 never objects", () => {
  expect(receive(new MessageRate(0, 0, 0), 1_000, 0)).toBe("1000 fine");
});
