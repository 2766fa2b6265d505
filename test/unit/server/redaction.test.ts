import { describe, expect, it } from "vitest";
import { redactTarget } from "../../../src/server/redaction.ts";

describe("V-50 what is shown of a request", () => {
  it.each([
    ["?token=abc", "?token=…"],
    ["?access_token=abc&x=1", "?access_token=…&x=1"],
    ["?x=1&ApiKey=abc", "?x=1&ApiKey=…"],
    ["?%74oken=abc", "?%74oken=…"],
    ["?%zz=abc", "?%zz=…"],
    ["?my-session-id=abc&my-session-id=def", "?my-session-id=…&my-session-id=…"],
    ["?token=a=b", "?token=…"],
    ["?code=1&codec=2", "?code=…&codec=2"],
    ["?aVeryLongBareWordThatMayBeAToken", "?…"],
    ["?debug", "?debug"],
    ["?room=lobby", "?room=lobby"],
    ["?", ""],
    ["", ""],
  ])("V-50 the query %s is shown as %s", (search, shown) => {
    expect(redactTarget({ path: "/a", search })).toBe(`/a${shown}`);
  });

  it("V-50 is one line of bounded length, whatever it was", () => {
    expect(redactTarget({ path: "/a\r\nb\u2028c\u001b[2J", search: "" })).toBe("/a\\u{d}\\u{a}b\\u{2028}c\\u{1b}[2J");
    expect(redactTarget({ path: `/${"a".repeat(10_000)}`, search: "" }).length).toBeLessThan(300);
  });
});
