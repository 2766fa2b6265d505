import { expect, test } from "vitest";
import * as violations from "../../../src/channels/violations.ts";

test("each has a code of its own, a close code, and a message that fits a reason", () => {
  const all = Object.values(violations);
  expect(new Set(all.map(({ code }) => code)).size).toBe(all.length);
  for (const violation of all) {
    expect(violation.code).toMatch(/^LW_CHANNEL_[A-Z_]+$/);
    expect(violation.closeCode).toBe(violation === violations.messageSize ? 1009 : 4400);
    expect(violation.message).toMatch(/^[\x20-\x7e]{1,123}$/);
    expect(Object.isFrozen(violation)).toBe(true);
  }
});
