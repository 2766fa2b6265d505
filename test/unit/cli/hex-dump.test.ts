import { describe, expect, it } from "vitest";
import { hexDump, parseHex } from "../../../src/cli/hex-dump.ts";

describe("hexDump", () => {
  it("shows offset, sixteen bytes and their ASCII", () => {
    const bytes = Uint8Array.from({ length: 20 }, (_, index) => index + 0x5a);
    expect(hexDump(bytes)).toEqual([
      "00000000  5a 5b 5c 5d 5e 5f 60 61  62 63 64 65 66 67 68 69  |Z[\\]^_`abcdefghi|",
      "00000010  6a 6b 6c 6d                                       |jklm|",
    ]);
  });

  it("V-56 shows bytes that are not printable ASCII as dots", () => {
    const [line = ""] = hexDump(Uint8Array.of(0x1b, 0x5b, 0x32, 0x4a, 0x0d, 0x00, 0x7f, 0x80, 0x9b, 0xff, 0x20, 0x7e));
    expect(line.endsWith("|.[2J...... ~|")).toBe(true);
  });

  it("has no lines for no bytes", () => {
    expect(hexDump(new Uint8Array())).toEqual([]);
  });

  it("is as wide for one byte as for sixteen, up to the ASCII", () => {
    const [short = ""] = hexDump(Uint8Array.of(1));
    const [long = ""] = hexDump(new Uint8Array(16));
    expect(short.indexOf("|")).toBe(long.indexOf("|"));
  });
});

describe("parseHex", () => {
  it("reads pairs with or without white space and in either case", () => {
    expect(parseHex(" 48656c 6C 6F\n")).toEqual(Uint8Array.of(0x48, 0x65, 0x6c, 0x6c, 0x6f));
  });

  it("takes nothing as no bytes", () => {
    expect(parseHex("")).toEqual(new Uint8Array());
  });

  it.each(["4", "4 8", "zz", "0x48", "48-65"])("refuses %j", (text) => {
    expect(parseHex(text)).toBeUndefined();
  });
});
