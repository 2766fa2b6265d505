import { describe, expect, it } from "vitest";
import { escapeBlock, escapeJson, escapeLine } from "../../../src/cli/escape.ts";

const hostile: readonly [what: string, text: string, shown: string][] = [
  ["clearing the screen", "\u001b[2Jgone", "\\x1b[2Jgone"],
  [
    "a hyperlink (OSC 8)",
    "\u001b]8;;https://evil.example\u0007here\u001b]8;;\u0007",
    "\\x1b]8;;https://evil.example\\x07here\\x1b]8;;\\x07",
  ],
  ["writing the clipboard (OSC 52)", "\u001b]52;c;ZXZpbA==\u001b\\", "\\x1b]52;c;ZXZpbA==\\x1b\\"],
  ["the eight-bit CSI", "\u009b2J", "\\x9b2J"],
  ["a carriage return", "safe\revil", "safe\\revil"],
  ["a backspace and a delete", "a\b\u007f", "a\\x08\\x7f"],
  ["a direction override", "user\u202Etxt.exe", "user\\u202etxt.exe"],
  ["direction isolates and marks", "\u2066a\u2069\u200e\u061c", "\\u2066a\\u2069\\u200e\\u061c"],
  ["a zero-width space and a byte order mark", "pay\u200bpal\ufeff", "pay\\u200bpal\\ufeff"],
  ["tag characters", "a\u{e0041}", "a\\u{e0041}"],
  ["line and paragraph separators", "a\u2028b\u2029", "a\\u2028b\\u2029"],
  ["a lone surrogate", "a\ud800b", "a\\ud800b"],
  ["NUL", "a\0b", "a\\x00b"],
];

describe("escapeLine", () => {
  it.each(hostile)("V-56 %s is written out", (_what, text, shown) => {
    expect(escapeLine(text)).toBe(shown);
  });

  it("V-56 markup is left as it is: a terminal does not run it", () => {
    expect(escapeLine("<img src=x onerror=alert(1)>")).toBe("<img src=x onerror=alert(1)>");
  });

  it("V-56 no character that moves the cursor survives, whichever it is", () => {
    const everything = Array.from({ length: 0x1_0000 }, (_, code) => String.fromCharCode(code)).join("");
    expect(escapeLine(everything)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]|[\u202a-\u202e\u2066-\u2069]/u);
  });

  it("leaves words, emoji families and Persian as they are", () => {
    const text = "Grüße 👩‍👩‍👧 می‌خواهم 日本語 é";
    expect(escapeLine(text)).toBe(text);
  });

  it("keeps the whole in one line", () => {
    expect(escapeLine("a\n\tb")).toBe("a\\n\\tb");
  });

  it("lets the caller set escapes off from the text", () => {
    expect(escapeLine("a\u001bb", (escape) => `<${escape}>`)).toBe("a<\\x1b>b");
  });
});

describe("escapeBlock", () => {
  it.each(hostile)("V-56 %s is written out", (_what, text, shown) => {
    expect(escapeBlock(text)).toEqual([shown]);
  });

  it("breaks lines at LF only and keeps tabs", () => {
    expect(escapeBlock("a\n\tb\r\nc")).toEqual(["a", "\tb\\r", "c"]);
  });
});

describe("escapeJson", () => {
  it.each(hostile)("V-56 %s is written out, and read back it is what it was", (_what, text) => {
    const json = escapeJson(JSON.stringify({ text }));
    expect(json).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200b\u200e\u061c\u202a-\u202e\u2066-\u2069\ufeff\u{e0041}]/u);
    expect(JSON.parse(json)).toEqual({ text });
  });

  it("leaves everything else as JSON writes it", () => {
    const json = JSON.stringify({ a: ["Grüße 👩‍👩‍👧 日本語", 1, null, '\n"\\'] });
    expect(escapeJson(json)).toBe(json);
  });
});
