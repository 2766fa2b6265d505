import { describe, expect, it } from "vitest";
import type { ShownPayload } from "longwire/inspector";
import { hexDump, payloadLine, payloadText } from "../../../../web/inspect/payload-text.ts";

const text = (value: string): ShownPayload => ({ text: value, base64: undefined, length: value.length, isCut: false });
const bytes = (...values: number[]): ShownPayload => {
  return { text: undefined, base64: Buffer.from(values).toString("base64"), length: values.length, isCut: false };
};

describe("a payload as text", () => {
  it("JSON is indented, also what was left out of it", () => {
    expect(payloadText(text('{"a":[1],"token":"…"}'))).toEqual({
      form: "json",
      text: '{\n  "a": [\n    1\n  ],\n  "token": "…"\n}',
    });
  });

  it("what only begins like JSON, and numbers, are text", () => {
    for (const value of ['{"a":', "[1", "12", '"a"', "plain"]) {
      expect(payloadText(text(value))).toEqual({ form: "text", text: value });
    }
  });

  it("JSON of so many levels is indented, and with more of them shown as it came: a short one would fill the memory", () => {
    const nested = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);
    expect(payloadText(text(nested(64)))).toMatchObject({ form: "json" });
    for (const value of [nested(65), nested(2_000), `{"a":${nested(65)}}`]) {
      expect(payloadText(text(value))).toEqual({ form: "text", text: value });
    }
  });

  it("V-56 an escape inside JSON does nothing either", () => {
    expect(payloadText(text('{"a":"\\u202e"}')).text).toContain("\\u{202e}");
  });

  it("bytes are a dump with what they would be as ASCII", () => {
    expect(hexDump(Uint8Array.from({ length: 18 }, (_, index) => 0x3c + index))).toBe(
      "0000  3c 3d 3e 3f 40 41 42 43 44 45 46 47 48 49 4a 4b  <=>?@ABCDEFGHIJK\n" + `0010  4c 4d${" ".repeat(42)}  LM`,
    );
    expect(payloadText(bytes(0, 255))).toEqual({ form: "hex", text: `0000  00 ff${" ".repeat(42)}  ··` });
  });

  it("nothing is nothing", () => {
    expect([payloadText(text("")).form, payloadText(bytes()).form]).toEqual(["none", "none"]);
  });

  it("in one line it is cut, and says so", () => {
    expect(payloadLine(text("a\nb"))).toBe("a\\nb");
    expect(payloadLine(text("x".repeat(500)), 10)).toBe("xxxxxxxxxx…");
    expect(payloadLine(bytes(1, 2, 3))).toBe("01 02 03");
    expect(payloadLine(bytes(...Array.from({ length: 100 }, () => 7)))).toBe(`${"07 ".repeat(24)}…`);
  });
});
