import { describe, expect, test } from "vitest";
import { decodeClosePayload, encodeClosePayload, NO_STATUS } from "../../../src/protocol/close-payload.ts";
import { bigEndian, bytes, hex, utf8 } from "../../support/byte-builder.ts";

describe("decodeClosePayload", () => {
  test("P-58 no payload means 1005, which never travels", () => {
    expect(decodeClosePayload(bytes())).toEqual({ code: 1005, reason: "" });
    expect(NO_STATUS).toBe(1005);
  });

  test("P-58 one byte is no code", () => {
    expect(decodeClosePayload(bytes(3))).toMatchObject({ closeCode: 1002, code: "LW_PROTOCOL_CLOSE_TOO_SHORT" });
  });

  test("P-58 two bytes are a code, up to 123 more a reason", () => {
    expect(decodeClosePayload(hex("03 e8"))).toEqual({ code: 1000, reason: "" });
    expect(decodeClosePayload(bytes(3, 0xe8, "é".repeat(61), "!"))).toEqual({
      code: 1000,
      reason: `${"é".repeat(61)}!`,
    });
  });

  test.each([0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535])(
    "P-59 the code %i is refused with 1002",
    (code) => {
      expect(decodeClosePayload(bytes(bigEndian(code, 2), "why"))).toMatchObject({
        closeCode: 1002,
        code: "LW_PROTOCOL_CLOSE_CODE_INVALID",
      });
    },
  );

  test("P-60 every code that may travel is read", () => {
    const codes = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014];
    for (let code = 3000; code <= 4999; code++) codes.push(code);
    for (const code of codes) expect(decodeClosePayload(bigEndian(code, 2))).toEqual({ code, reason: "" });
  });

  test.each(["ff", "c3", "ed a0 80", "f4 90 80 80"])("P-61 the reason %s is not UTF-8: 1007", (reason) => {
    expect(decodeClosePayload(bytes(3, 0xe8, "so: ", hex(reason)))).toMatchObject({
      closeCode: 1007,
      code: "LW_PROTOCOL_UTF8_INVALID",
    });
  });

  test("P-61 a wrong code is judged before a wrong reason", () => {
    expect(decodeClosePayload(bytes(0, 0, 0xff))).toMatchObject({ closeCode: 1002 });
  });

  test("P-54 a byte order mark in a reason is kept", () => {
    expect(decodeClosePayload(bytes(3, 0xe8, "\ufeffx"))).toEqual({ code: 1000, reason: "\ufeffx" });
  });
});

describe("encodeClosePayload", () => {
  test("P-58 1005 makes an empty payload", () => {
    expect(encodeClosePayload(1005, "ignored")).toEqual(bytes());
  });

  test("a code and a reason come back as they were", () => {
    for (const [code, reason] of [
      [1000, ""],
      [4999, "later: ü€🜁"],
      [3000, "x".repeat(123)],
    ] as const) {
      expect(decodeClosePayload(encodeClosePayload(code, reason))).toEqual({ code, reason });
    }
  });

  test("a reason that is too long is cut at a character, so that the Close fits its frame", () => {
    expect(encodeClosePayload(1000, "x".repeat(200))).toHaveLength(125);
    for (let before = 0; before < 4; before++) {
      const reason = "x".repeat(before) + "🜁".repeat(40);
      const payload = encodeClosePayload(1000, reason);
      const decoded = decodeClosePayload(payload);
      expect(payload.length, reason).toBeLessThanOrEqual(125);
      expect(payload.length).toBeGreaterThan(125 - 4);
      expect(reason.startsWith((decoded as { reason: string }).reason)).toBe(true);
    }
    expect(encodeClosePayload(1000, "é".repeat(61) + "a")).toEqual(bytes(3, 0xe8, utf8("é".repeat(61) + "a")));
  });
});
