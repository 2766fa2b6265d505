// The validator against every sequence is test/property's; here are the cases that have names.
import { describe, expect, test } from "vitest";
import { lastCharacterStart, scanUtf8, stepUtf8, UTF8_ACCEPT, UTF8_REJECT } from "../../../src/base/utf8.ts";
import { hex, utf8 } from "../../support/byte-builder.ts";

/** `valid`, `unfinished`, or `bad at 2` with the index of the byte that rejects. */
function judge(text: Uint8Array): string {
  let state = UTF8_ACCEPT;
  for (const [at, byte] of text.entries()) {
    state = stepUtf8(state, byte);
    if (state === UTF8_REJECT) return `bad at ${at}`;
  }
  return state === UTF8_ACCEPT ? "valid" : "unfinished";
}

describe("one character at its limits", () => {
  test.each([
    ["the first and last of one byte", "00 7f", "valid"],
    ["the first and last of two bytes", "c2 80 df bf", "valid"],
    ["the first and last of three bytes", "e0 a0 80 ef bf bf", "valid"],
    ["the last before the surrogates and the first after", "ed 9f bf ee 80 80", "valid"],
    ["the first and last of four bytes", "f0 90 80 80 f4 8f bf bf", "valid"],
    ["the noncharacters U+FFFE and U+FFFF", "ef bf be ef bf bf", "valid"],
    ["a byte order mark", "ef bb bf", "valid"],
    ["a surrogate", "ed a0 80", "bad at 1"],
    ["the last surrogate", "ed bf bf", "bad at 1"],
    ["an overlong form of two bytes", "c0 80", "bad at 0"],
    ["the last overlong form of two bytes", "c1 bf", "bad at 0"],
    ["an overlong form of three bytes", "e0 9f bf", "bad at 1"],
    ["an overlong form of four bytes", "f0 8f bf bf", "bad at 1"],
    ["a character beyond U+10FFFF", "f4 90 80 80", "bad at 1"],
    ["a lead byte beyond F4", "f5 80 80 80", "bad at 0"],
    ["a continuation byte alone", "61 80", "bad at 1"],
    ["a character cut off by another", "e2 82 61", "bad at 2"],
    ["a character that is not complete", "f0 9f 98", "unfinished"],
  ])("P-53 %s (%s) is %s", (_name, digits, verdict) => {
    expect(judge(hex(digits))).toBe(verdict);
  });
});

test("a scan reads its part of the bytes only, goes on from the state it is given and stops at the first bad byte", () => {
  const text = hex("ff e2 82 ac ff");
  expect(scanUtf8(UTF8_ACCEPT, text, 1, 4)).toBe(UTF8_ACCEPT);
  const half = scanUtf8(UTF8_ACCEPT, text, 1, 3);
  expect(half).not.toBe(UTF8_ACCEPT);
  expect(half).not.toBe(UTF8_REJECT);
  expect(scanUtf8(half, text, 3, 4)).toBe(UTF8_ACCEPT);
  expect(scanUtf8(half, text, 4, 5)).toBe(UTF8_REJECT);
  expect(scanUtf8(half, text, 3, 3)).toBe(half);
  expect(scanUtf8(UTF8_ACCEPT, text, 0, 5)).toBe(UTF8_REJECT);
});

test("P-51 an unfinished character at the end is found where it begins, one to three bytes back", () => {
  const text = utf8("aé€🜁");
  expect([...text.keys()].map((end) => lastCharacterStart(text, 0, end))).toEqual([0, 1, 1, 1, 3, 3, 3, 6, 6, 6]);
  expect(lastCharacterStart(hex("80 80 80 80"), 0, 4)).toBe(4);
  expect(lastCharacterStart(hex("e2 82 ac c3"), 0, 4)).toBe(3);
  expect(lastCharacterStart(text, 4, 6)).toBe(6);
  expect(lastCharacterStart(text, 5, 5)).toBe(5);
});
