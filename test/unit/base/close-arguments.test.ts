import { describe, expect, test } from "vitest";
import { checkCloseArguments } from "../../../src/base/close-arguments.ts";

describe("close(code, reason)", () => {
  test.each([0, 999, 1001, 1005, 1006, 1011, 1015, 2999, 5000, 65_535, 65_536, -1, Number.NaN, null, "", "abc", {}])(
    "P-94 code %s throws InvalidAccessError",
    (code) => {
      expect(() => checkCloseArguments(code, undefined)).toThrow(
        expect.objectContaining({ name: "InvalidAccessError", constructor: DOMException }),
      );
    },
  );

  test.each([1000, 3000, 3999, 4000, 4999])("P-94 code %s is allowed", (code) => {
    expect(checkCloseArguments(code, "bye")).toEqual({ code, reason: "bye" });
  });

  test("P-94 without arguments nothing is sent in the Close frame", () => {
    expect(checkCloseArguments(undefined, undefined)).toEqual({ code: undefined, reason: undefined });
    expect(checkCloseArguments(undefined, "")).toEqual({ code: undefined, reason: "" });
  });

  test("P-94 a code is rounded as [Clamp] says: to the nearest, ties to even", () => {
    expect(checkCloseArguments(3000.4, undefined).code).toBe(3000);
    expect(checkCloseArguments(3000.5, undefined).code).toBe(3000);
    expect(checkCloseArguments(3001.5, undefined).code).toBe(3002);
    expect(checkCloseArguments(2999.6, undefined).code).toBe(3000);
    expect(checkCloseArguments("4000", undefined).code).toBe(4000);
  });

  test("P-94 a reason has at most 123 bytes of UTF-8", () => {
    expect(checkCloseArguments(1000, "é".repeat(61)).reason).toBe("é".repeat(61));
    expect(checkCloseArguments(1000, "x".repeat(123)).reason).toHaveLength(123);
    for (const tooLong of ["x".repeat(124), "é".repeat(62), "\ud800".repeat(42)]) {
      expect(() => checkCloseArguments(1000, tooLong)).toThrow(expect.objectContaining({ name: "SyntaxError" }));
    }
  });

  test("a code that may not be sent is judged before a reason that is too long", () => {
    expect(() => checkCloseArguments(999, "x".repeat(200))).toThrow(
      expect.objectContaining({ name: "InvalidAccessError" }),
    );
  });

  test("V-34 a reason is text, whatever it was", () => {
    expect(checkCloseArguments(1000, 20).reason).toBe("20");
    expect(checkCloseArguments(1000, { length: 100 }).reason).toBe("[object Object]");
    expect(() => checkCloseArguments(1000, Symbol("s"))).toThrow(TypeError);
  });

  test("a reason alone travels with 1000", () => {
    expect(checkCloseArguments(undefined, "done")).toEqual({ code: 1000, reason: "done" });
  });
});
