import { expect, it } from "vitest";
import { Rates } from "../../../../web/inspect/rates.ts";

it("is what two snapshots differ by, per second; 0 for what is new, was forgotten or began again", () => {
  const rates = new Rates();
  rates.begin();
  expect(rates.note("a", 1_000, { in: 5 })).toEqual({ in: 0 });
  rates.begin();
  expect(rates.note("a", 3_000, { in: 25 })).toEqual({ in: 10 });
  rates.begin();
  expect(rates.note("a", 4_000, { in: 3 })).toEqual({ in: 0 });
  rates.begin();
  rates.begin();
  expect(rates.note("a", 6_000, { in: 90 })).toEqual({ in: 0 });
});

it("a snapshot that is shown again, or comes right behind another, changes no rate", () => {
  const rates = new Rates();
  rates.begin();
  rates.note("a", 1_000, { in: 0 });
  rates.begin();
  expect(rates.note("a", 2_000, { in: 10 })).toEqual({ in: 10 });
  for (const [at, count] of [
    [2_000, 10],
    [2_040, 13],
  ] as const) {
    rates.begin();
    expect(rates.note("a", at, { in: count })).toEqual({ in: 10 });
    expect(rates.takenAt("a")).toBe(2_000);
  }
  rates.begin();
  expect(rates.note("a", 3_000, { in: 24 })).toEqual({ in: 14 });
  expect(rates.takenAt("a")).toBe(3_000);
  // Another server's clock may be behind.
  rates.begin();
  rates.note("a", 10, { in: 1 });
  expect(rates.takenAt("a")).toBe(10);
});
