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
