import { describe, expect, test } from "vitest";
import { LocalError } from "../../../../src/base/errors.ts";
import {
  announcesBody,
  collectFields,
  formatCallerField,
  formatField,
} from "../../../../src/protocol/handshake/header-fields.ts";

describe("a line of a head", () => {
  test("is the name, the value and one line end", () => {
    expect(formatField("X-Room", "caf\u00e9\t1")).toBe("X-Room: caf\u00e9\t1\r\n");
  });

  test.each(["a\r\nX: y", "a\nb", "a\rb", "a\0", "\u010d", "\x85", "\x7f", "\x1b[2J", "\u2028", "\ud800"])(
    "V-44 the value %j is refused, and not shown",
    (value) => {
      const attempt = (): string => formatField("X-Token", `secret${value}`);
      expect(attempt).toThrow(expect.objectContaining({ code: "LW_PROTOCOL_HEADER_INVALID" }));
      expect(attempt).toThrow(LocalError);
      expect(attempt).not.toThrow(/secret/);
    },
  );

  test.each(["", "a b", "a:", "a\r\n", "\u00e9", "a\0"])("V-44 the name %j is refused", (name) => {
    expect(() => formatField(name, "x")).toThrow(expect.objectContaining({ code: "LW_PROTOCOL_HEADER_INVALID" }));
  });

  test("V-44 a value that is not a string is refused", () => {
    expect(() => formatField("a", ["b\r\nc"] as unknown as string)).toThrow(LocalError);
    expect(() => formatField("a", undefined as unknown as string)).toThrow(LocalError);
  });
});

test.each([
  "Host",
  "upgrade",
  "CONNECTION",
  "Content-Length",
  "Transfer-Encoding",
  "Sec-WebSocket-Key",
  "sec-websocket-accept",
  "Sec-WebSocket-Anything",
])("a caller cannot set %s", (name) => {
  expect(() => formatCallerField(name, "x")).toThrow(expect.objectContaining({ code: "LW_PROTOCOL_HEADER_RESERVED" }));
});

test("a caller can set any other header", () => {
  expect(formatCallerField("Cookie", "a=1; b=2")).toBe("Cookie: a=1; b=2\r\n");
  expect(() => formatCallerField("Cookie", "a\r\n")).toThrow(LocalError);
});

describe("the fields of a head", () => {
  test("are found in any case, with all their values in order and no blanks around them", () => {
    const fields = collectFields(["Via", " a ", "HOST", "x", "via", "b\t"]);
    expect(fields.get("via")).toEqual(["a", "b"]);
    expect(fields.get("host")).toEqual(["x"]);
    expect(fields.get("Via")).toBeUndefined();
  });

  test("V-31 names of Object.prototype are ordinary names", () => {
    const fields = collectFields(["__proto__", "a", "constructor", "b"]);
    expect(fields.get("__proto__")).toEqual(["a"]);
    expect(fields.get("constructor")).toEqual(["b"]);
    expect(fields.get("tostring")).toBeUndefined();
  });

  test("a name without a value is no field", () => {
    expect(collectFields(["a"]).size).toBe(0);
  });
});

describe("V-47 a body is announced", () => {
  test.each([
    ["Content-Length", "5"],
    ["content-length", "00"],
    ["Content-Length", "0, 0"],
    ["Content-Length", ""],
    ["Transfer-Encoding", "chunked"],
    ["transfer-encoding", "identity"],
    ["Transfer-Encoding", ""],
  ])("V-47 by %s: %s", (name, value) => {
    expect(announcesBody(collectFields([name, value]))).toBe(true);
  });

  test("V-47 by the second of two lengths", () => {
    expect(announcesBody(collectFields(["Content-Length", "0", "Content-Length", "7"]))).toBe(true);
  });

  test("V-47 not by a length of 0 or by nothing", () => {
    expect(announcesBody(collectFields(["Content-Length", " 0 "]))).toBe(false);
    expect(announcesBody(collectFields([]))).toBe(false);
  });
});
