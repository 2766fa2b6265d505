import { expect, test } from "vitest";
import * as violations from "../../../src/session/violations.ts";

test("every violation is frozen, closes with 4400 and fits into a close reason", () => {
  const all = Object.values(violations);
  expect(new Set(all.map(({ code }) => code)).size).toBe(all.length);
  for (const violation of all) {
    expect(Object.isFrozen(violation)).toBe(true);
    expect(violation.closeCode).toBe(4400);
    expect(violation.message).toMatch(/^[\x20-\x7e]{1,123}$/);
  }
});
