import { describe, expect, test } from "vitest";
import { parseHexText } from "../../../../src/cli/decode/hex-text.ts";

const hexOf = (text: string): string => Buffer.from(parseHexText(text).bytes).toString("hex");
const hello = "810548656c6c6f";

describe("parseHexText", () => {
  test.each([
    ["bare digits", "810548656c6c6f"],
    ["digits in pairs, over lines", "81 05 48\n65 6C 6C 6F\n"],
    ["a program's list", "0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f"],
    ["a list in brackets", "{0x81,0x05,0x48,0x65,0x6c,0x6c,0x6f};"],
    ["a log's escapes", String.raw`"\x81\x05\x48\x65\x6c\x6c\x6f"`],
    ["with colons", "81:05:48:65:6c:6c:6f"],
    ["comments beside it", "# a frame\n81 05\n// its payload\n48 65 6c 6c 6f"],
    ["xxd", "00000000: 8105 4865 6c6c 6f                        ..Hello"],
    ["hexdump -C", "00000000  81 05 48 65 6c 6c 6f                              |..Hello|\n00000007"],
    ["od -A x -t x1", "000000 81 05 48 65 6c 6c 6f\n000007"],
    ["Wireshark", "0000   81 05 48 65 6c 6c 6f                              ..Hello"],
    ["tcpdump -X", "\t0x0000:  8105 4865 6c6c 6f                        ..Hello"],
  ])("reads %s", (_what, text) => {
    expect(parseHexText(text).fault).toBeUndefined();
    expect(hexOf(text)).toBe(hello);
  });

  test("letters that look like digits are letters", () => {
    expect(hexOf("00000000: 6465 6164 6265 6566 6465 6164 6265 6566  deadbeefdeadbeef")).toBe(
      Buffer.from("deadbeefdeadbeef").toString("hex"),
    );
    expect(hexOf("00000000: 6162 6364                                abcd")).toBe("61626364");
    expect(hexOf("00000000  61 62 63 64 65 66 61 62  63 64 65 66 61 62 63 64  |abcdefabcdefabcd|")).toHaveLength(32);
    expect(hexOf("0000   61 62 63 64   abcd")).toBe("61626364");
  });

  test("the rows that a star stands for are there", () => {
    const row = `${"00 ".repeat(8)} ${"00 ".repeat(8)}`;
    const text = `00000000  ${row} |................|\n*\n00000040  01 |.|\n00000041`;
    expect(hexOf(text)).toBe(`${"00".repeat(64)}01`);
  });

  test("a star before an offset that cannot be costs bounded memory", () => {
    const row = "00 ".repeat(16);
    const squeezed = parseHexText(`00000000  ${row}\n*\nffffffff  01`);
    expect(squeezed.bytes.length).toBeLessThan(2 * 1024 * 1024);
    // What it is told to be and is not there is said: 0xffffffff bytes stand before the last one.
    expect(squeezed.bytes.length - 1 + (squeezed.leftOut ?? 0)).toBe(0xffff_ffff);
  });

  test("many stars cost bounded memory as well, however far their offsets are apart", () => {
    const row = "00 ".repeat(16);
    const lines = Array.from(
      { length: 100 },
      (_, index) => `*\n${(index * 0x200_0000).toString(16).padStart(8, "0")}  ${row}`,
    );
    expect(parseHexText(`00000000  ${row}\n${lines.join("\n")}`).bytes.length).toBeLessThan(33 * 1024 * 1024);
  });

  test("the line of the fault is counted with those that hold nothing, however they end", () => {
    expect(parseHexText("81\r\n\r\n05\r\n\n\rzz").fault).toEqual({ line: 6, text: "zz" });
  });

  test.each([
    ["odd digits", "81 0", 1],
    ["a word", "81 05\nhello\n48", 2],
    ["letters beyond F", "8g", 1],
  ])("tells where it did not understand: %s", (_what, text, line) => {
    expect(parseHexText(text).fault).toMatchObject({ line });
  });

  test("what stands before the fault is kept, and of the line only its beginning is told", () => {
    const { bytes, fault } = parseHexText(`8105\n${"z".repeat(1000)}`);
    expect([Buffer.from(bytes).toString("hex"), fault?.text.length]).toEqual(["8105", 40]);
  });
});
