import { getHeapStatistics } from "node:v8";
import { expect, test } from "vitest";
import { systemClock } from "../../../src/base/clock.ts";
import { systemRandom } from "../../../src/base/random.ts";
import { createRuntime, defaultRuntime } from "../../../src/socket/runtime.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { SeededRandom } from "../../support/seeded-random.ts";

test("V-51 without ports of its own a runtime takes the platform's clock and CSPRNG", () => {
  const runtime = createRuntime();
  expect(runtime.clock).toBe(systemClock);
  expect(runtime.random).toBe(systemRandom);
  expect(defaultRuntime().random).toBe(systemRandom);
});

test("the ports that are given are used, also for the wakeups", () => {
  const clock = new FakeClock();
  const random = new SeededRandom(1);
  const runtime = createRuntime({ clock, random });
  expect([runtime.clock, runtime.random]).toEqual([clock, random]);
  runtime.wakeups.schedule({ wakeBucket: Infinity, wake() {} }, 5_000);
  expect(clock.nextAt).toBe(5_000);
});

test("I-12 the memory budget is what was asked for, and never more than a quarter of the heap's limit", () => {
  const quarter = getHeapStatistics().heap_size_limit / 4;
  expect(createRuntime({ memoryBudgetBytes: 1_000 }).budget.limitBytes).toBe(1_000);
  expect(createRuntime({ memoryBudgetBytes: 2 ** 50 }).budget.limitBytes).toBe(quarter);
  expect(createRuntime().budget.limitBytes).toBe(Math.min(512 * 1024 * 1024, quarter));
});

test("each runtime has wakeups and a budget of its own; clients that were given none share one", () => {
  expect(createRuntime().budget).not.toBe(createRuntime().budget);
  expect(createRuntime().wakeups).not.toBe(createRuntime().wakeups);
  expect(defaultRuntime()).toBe(defaultRuntime());
});
