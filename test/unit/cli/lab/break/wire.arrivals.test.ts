import { describe, expect, test } from "vitest";
import { Arrivals, lateMs } from "../../../../../src/cli/lab/break/wire.ts";

function after(numbers: readonly number[], tookMs = 0): Arrivals["counts"] {
  const arrivals = new Arrivals();
  for (const number of numbers) arrivals.receive(number, tookMs);
  return arrivals.counts;
}

describe("numbers that arrive", () => {
  test("all of them, in order", () => {
    expect(after([1, 2, 3])).toEqual({ arrived: 3, lost: 0, doubled: 0, late: 0 });
  });

  test("with a gap: what is below the highest and not here is lost, what was said later is not", () => {
    expect(after([1, 4])).toEqual({ arrived: 2, lost: 2, doubled: 0, late: 0 });
  });

  test("a number that comes behind a later one is not lost any more, and not doubled", () => {
    expect(after([1, 3, 2])).toEqual({ arrived: 3, lost: 0, doubled: 0, late: 0 });
  });

  test("one that comes again is doubled, as often as it does", () => {
    expect(after([1, 2, 2, 1, 2])).toEqual({ arrived: 2, lost: 0, doubled: 3, late: 0 });
  });

  test("one that took longer than a second is late; a repeat of it is not counted as late again", () => {
    expect(after([1], lateMs)).toMatchObject({ late: 0 });
    expect(after([1, 1], lateMs + 1)).toMatchObject({ late: 1, doubled: 1 });
  });

  test.each([[0], [-1], [1.5], [NaN], [1e9]])("%s is none, and is not counted", (number) => {
    expect(new Arrivals().receive(number, 0)).toBeUndefined();
    expect(after([number])).toEqual({ arrived: 0, lost: 0, doubled: 0, late: 0 });
  });
});
