import { expect, test } from "vitest";
import { equalBytes } from "../../../src/base/equal-bytes.ts";
import { hex } from "../../support/byte-builder.ts";

test("equal are only strings of the same bytes and the same length", () => {
  expect(equalBytes(hex(""), hex(""))).toBe(true);
  expect(equalBytes(hex("01 02 03"), hex("01 02 03"))).toBe(true);
  for (const other of ["01 02 04", "81 02 03", "01 00 03", "01 02", "01 02 03 00"]) {
    expect(equalBytes(hex("01 02 03"), hex(other)), other).toBe(false);
  }
});

test("V-51 every byte is looked at, whatever differs first", () => {
  let reads = 0;
  const counted = new Proxy(hex("ff 00 00 00"), {
    get(target, name) {
      if (typeof name === "string" && /^\d+$/.test(name)) reads++;
      const value: unknown = Reflect.get(target, name, target);
      return value;
    },
  });
  expect(equalBytes(counted, hex("00 00 00 00"))).toBe(false);
  expect(reads).toBe(4);
});
