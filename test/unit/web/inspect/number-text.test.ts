import { expect, it } from "vitest";
import { bytesText, countText, spanText } from "../../../../web/inspect/number-text.ts";

it("bytes, with three digits at most", () => {
  const given = [0, 999, 1_000, 1_234, 99_940, 99_960, 999_499, 999_500, 34e6, 5e9, 2e12, 3e15];
  expect(given.map(bytesText)).toEqual([
    "0 B",
    "999 B",
    "1.0 kB",
    "1.2 kB",
    "99.9 kB",
    "100 kB",
    "999 kB",
    "1.0 MB",
    "34.0 MB",
    "5.0 GB",
    "2.0 TB",
    "3000 TB",
  ]);
});

it("counts and rates", () => {
  expect([0, 0.44, 7, 12.6, 1_234].map(countText)).toEqual(["0", "0.4", "7", "13", "1,234"]);
});

it("how long", () => {
  expect([-5, 0, 59_999, 60_000, 3_600_000, 90_000_000].map(spanText)).toEqual([
    "0 s",
    "0 s",
    "59 s",
    "1 min",
    "1 h",
    "1 d",
  ]);
});
