import { expect, it } from "vitest";
import { writeBytes, writeCount, writeMicroseconds, writeMs, writeShare } from "../../../../web/lab/number-text.ts";

it("numbers are short and have their unit", () => {
  expect([0, 12_345.4].map(writeCount)).toEqual(["0", "12,345"]);
  expect([7.4, 999, 1_000, 12_345, 4_520_000].map(writeBytes)).toEqual(["7 B", "999 B", "1.0 kB", "12 kB", "4.5 MB"]);
  // What is rounded up to the next unit is written in it.
  expect([999.6, 9_960, 999_600, 2_000_000_000].map(writeBytes)).toEqual(["1.0 kB", "10 kB", "1.0 MB", "2.0 GB"]);
  expect([9.96, 999.6].map(writeMs)).toEqual(["10 ms", "1.0 s"]);
  expect([0.04, 9.94, 12.6, 1_500].map(writeMs)).toEqual(["0.0 ms", "9.9 ms", "13 ms", "1.5 s"]);
  expect([0.034, 0.78, 1].map(writeShare)).toEqual(["3.4 %", "78 %", "100 %"]);
  expect([3.42, 1_234].map(writeMicroseconds)).toEqual(["3.4 µs", "1,234 µs"]);
});
