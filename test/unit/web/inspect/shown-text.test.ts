import { describe, expect, it } from "vitest";
import { shownLine, shownText } from "../../../../web/inspect/shown-text.ts";

describe("V-56 what strangers wrote", () => {
  it.each([
    ["V-56 a terminal's controls", "\u001b[2J\u0007\r\u009b", "\\u{1b}[2J\\u{7}\\u{d}\\u{9b}"],
    ["V-56 what turns a line around", "a\u202eb\u2066c\u200fd", "a\\u{202e}b\\u{2066}c\\u{200f}d"],
    ["V-56 what cannot be seen", "a\u200bb\u00adc\ufeffd\u{e0041}", "a\\u{200b}b\\u{ad}c\\u{feff}d\\u{e0041}"],
    ["V-56 lines that are none", "a\u2028b\u2029c\u0085d", "a\\u{2028}b\\u{2029}c\\u{85}d"],
  ])("%s is written out", (_what, given, shown) => {
    expect(shownText(given)).toBe(shown);
  });

  it("what is only text stays: other scripts, emoji of several parts, lines and tabs", () => {
    const text = "Grüße, 你好, שלום, 👩‍👧\n\tnext";
    expect(shownText(text)).toBe(text);
    expect(shownLine("a\n\tb")).toBe("a\\n\\tb");
  });
});
