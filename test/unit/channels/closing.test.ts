import { expect, test } from "vitest";
import { Closing } from "../../../src/channels/closing.ts";
import { toHex } from "../../support/byte-builder.ts";

test("says the code and reason that were prepared", () => {
  const closing = new Closing(5_000);
  closing.prepare(4000, "a");
  expect(closing.isSent).toBe(false);
  expect(toHex(closing.take(1, 100))).toBe("00 05 01 a0 1f 01 61");
  expect(closing.isSent).toBe(true);
});

test("the answer may take its time from the moment of sending, and all of it again on a new way", () => {
  const closing = new Closing(5_000);
  closing.wait(1);
  expect(closing.by).toBe(Infinity);
  closing.take(1, 100);
  expect(closing.by).toBe(5_100);
  closing.by = Infinity;
  closing.wait(9_000);
  expect(closing.by).toBe(14_000);
});
