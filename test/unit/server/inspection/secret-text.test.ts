import { describe, expect, it } from "vitest";
import { redactText, type Secret } from "../../../../src/server/inspection/secret-text.ts";

describe("V-50 secrets in text", () => {
  it.each([
    ['V-50 {"token":"CANARY"}', '{"token":"…"}', '{"token":"CANARY"}'],
    ["V-50 members among others", '{"a":1, "apiKey" : "…", "b":"x"}', '{"a":1, "apiKey" : "CANARY", "b":"x"}'],
    ["V-50 a number", '{"otp":…}', '{"otp":123456}'],
    ["V-50 an escaped quote inside", '{"password":"…"}', '{"password":"CAN\\"ARY"}'],
    ["V-50 JSON within JSON", '{"body":"{\\"token\\":\\"…\\"}"}', '{"body":"{\\"token\\":\\"CANARY\\"}"}'],
    ["V-50 a value without end", '{"token":"…', '{"token":"CANARY'],
    ["V-50 a form", "user=ada&access_token=…&x=1", "user=ada&access_token=CANARY&x=1"],
    ["V-50 an address", "see https://a.example/?sig=…&p=1", "see https://a.example/?sig=CANARY&p=1"],
    ["V-50 a header", "Authorization: Bearer …", "Authorization: Bearer CANARY.x-y"],
  ])("%s", (_what, shown, given) => {
    expect(redactText(given).text).toBe(shown);
  });

  it.each<[string, Secret, string, Secret | undefined]>([
    ['a"b', 0, '…"b', undefined],
    ['\\"a" x', 0, '…" x', undefined],
    ["abc", 0, "…", 0],
    ["a b&c=1", "field", "… b&c=1", undefined],
    ["a", "field", "…", "field"],
    ['"a" b', "unknown", "…", "unknown"],
    ["", 1, "", 1],
  ])("V-50 goes on with one that had begun: %s", (given, before, shown, open) => {
    expect(redactText(given, before)).toEqual({ text: shown, open });
  });

  it.each<[string, Secret | undefined]>([
    ['{"token":"a', 0],
    ['{"a":"{\\"token\\":\\"a', 1],
    ["x=1&token=a", "field"],
    ["x=1&token=a&y", undefined],
    ['{"token":"a"', undefined],
  ])("V-50 says what it ends in: %s", (given, open) => {
    expect(redactText(given).open).toBe(open);
  });

  it("leaves alone what is none", () => {
    const innocent = '{"type":"message","text":"the key to a = b","count":3,"keys":["a"]}';
    expect(redactText(innocent).text).toBe(innocent);
  });

  it("reads what was made to be slow to read", () => {
    const nasty =
      '"'.repeat(20_000) + "\\".repeat(20_000) + "a=".repeat(20_000) + '"token":"'.repeat(20_000) + "CANARY";
    expect(redactText(nasty).text).not.toContain("CANARY");
  });
});
