import { describe, expect, test } from "vitest";
import {
  closeCodes,
  describeCloseCode,
  isApplicationCloseCode,
  isWireCloseCode,
} from "../../../src/base/close-codes.ts";

/** All codes a Close frame can hold for which `matches` is true, as ranges: `1000-1003, 3000-4999`. */
function rangesOf(matches: (code: number) => boolean): string {
  const ranges: string[] = [];
  for (let code = 0, start = -1; code <= 65_536; code++) {
    const isIn = code < 65_536 && matches(code);
    if (isIn && start < 0) start = code;
    if (isIn || start < 0) continue;
    ranges.push(start === code - 1 ? `${start}` : `${start}-${code - 1}`);
    start = -1;
  }
  return ranges.join(", ");
}

test("P-59 P-60 of all 65,536 codes exactly these may stand in a Close frame", () => {
  expect(rangesOf(isWireCloseCode)).toBe("1000-1003, 1007-1014, 3000-4999");
});

test("P-94 an application may close with 1000 and with 3000 to 4999, and with nothing else", () => {
  expect(rangesOf(isApplicationCloseCode)).toBe("1000, 3000-4999");
  expect(isApplicationCloseCode(1000.5)).toBe(false);
  expect(isApplicationCloseCode(Number.NaN)).toBe(false);
});

describe("the table", () => {
  test("is in ascending order, without a code twice", () => {
    const codes = closeCodes.map(({ code }) => code);
    expect(codes).toEqual([...new Set(codes)].sort((left, right) => left - right));
  });

  test("says of each code whether it may travel as isWireCloseCode does", () => {
    expect(closeCodes.filter(({ code, wire }) => wire !== isWireCloseCode(code))).toEqual([]);
    expect(closeCodes.filter(({ wire }) => !wire).map(({ code }) => code)).toEqual([1005, 1006, 1015]);
  });

  test("says what a client does: stay away after a fault of its own, come back after a passing trouble", () => {
    const policies = Object.fromEntries(closeCodes.map(({ code, policy }) => [code, policy]));
    expect(policies).toMatchObject({
      1000: "stop",
      1001: "retry",
      1002: "stop",
      1006: "retry",
      1008: "stop",
      1012: "retry",
      1013: "retry",
      4401: "stop",
      4409: "stop",
      4410: "retry",
      4413: "resume",
    });
  });

  test("has a name and a sentence for each", () => {
    for (const { name, meaning } of closeCodes) {
      expect(name).toMatch(/^\w[\w ]+$/);
      expect(meaning).toMatch(/^[A-Z].+\.$/);
    }
  });
});

test("a code without an entry is described by its range", () => {
  expect(describeCloseCode(1006)).toBe(closeCodes.find(({ code }) => code === 1006));
  expect(describeCloseCode(3000)).toMatchObject({ code: 3000, name: "registered", wire: true });
  expect(describeCloseCode(3999)).toMatchObject({ name: "registered" });
  expect(describeCloseCode(4000)).toMatchObject({ name: "private use", wire: true });
  expect(describeCloseCode(4999)).toMatchObject({ name: "private use" });
  for (const code of [0, 999, 1004, 1016, 2999, 5000]) {
    expect(describeCloseCode(code)).toMatchObject({ code, name: "reserved", wire: false });
  }
});
