import { describe, expect, test } from "vitest";
import { FrameDecoder } from "../../../src/protocol/frame-decoder.ts";
import { bigEndian, bytes, hex } from "../../support/byte-builder.ts";

/** A decoder after it has read `header`, with how many bytes it took. */
function decode(header: Uint8Array): { decoder: FrameDecoder; took: number } {
  const decoder = new FrameDecoder();
  return { decoder, took: decoder.read(header, 0, header.length) };
}

test("the first two bytes hold fin, the reserved bits, the opcode, the mask bit and a short length", () => {
  expect(decode(hex("81 05"))).toMatchObject({
    took: 2,
    decoder: { fin: true, rsv: 0, opcode: 1, masked: false, length: 5, headerBytes: 2, minimal: true, maskKey: 0 },
  });
  expect(decode(hex("7f 7d")).decoder).toMatchObject({ fin: false, rsv: 7, opcode: 15, length: 125 });
  expect(["c2", "a2", "92"].map((first) => decode(hex(`${first} 00`)).decoder.rsv)).toEqual([4, 2, 1]);
});

test("the masking key is read as its four bytes, first byte highest, whatever form the length has", () => {
  const key = 0x81020304 | 0;
  expect(decode(hex("82 80 81 02 03 04"))).toMatchObject({ took: 6, decoder: { masked: true, maskKey: key } });
  expect(decode(hex("82 fe 01 00 81 02 03 04"))).toMatchObject({ took: 8, decoder: { length: 256, maskKey: key } });
  expect(decode(hex("82 ff 00 00 00 00 00 01 00 00 81 02 03 04"))).toMatchObject({
    took: 14,
    decoder: { length: 65_536, headerBytes: 14, maskKey: key },
  });
});

test("a key of an earlier frame does not stay behind", () => {
  const { decoder } = decode(hex("82 80 81 02 03 04"));
  decoder.read(hex("82 00"), 0, 2);
  expect(decoder).toMatchObject({ masked: false, maskKey: 0 });
});

describe("lengths", () => {
  test.each([
    [126, 0, false],
    [126, 125, false],
    [126, 126, true],
    [126, 65_535, true],
    [127, 0, false],
    [127, 65_535, false],
    [127, 65_536, true],
    [127, 2 ** 31 - 1, true],
    [127, 2 ** 31, true],
    [127, 2 ** 32 - 1, true],
    [127, 2 ** 32 + 1, true],
    [127, 2 ** 53 - 1, true],
  ])("P-37 V-09 the %i form of %i is read exactly, minimal: %s", (form, length, minimal) => {
    const { decoder, took } = decode(bytes(0x82, form, bigEndian(length, form === 126 ? 2 : 8)));
    expect(decoder).toMatchObject({ length, minimal, negative: false });
    expect(took).toBe(form === 126 ? 4 : 10);
  });

  test("V-09 lengths that no double can count are all the same, and larger than any limit", () => {
    for (const length of [2n ** 53n, 2n ** 53n + 1n, 2n ** 62n, 2n ** 63n - 1n]) {
      expect(decode(bytes(0x82, 127, bigEndian(length, 8))).decoder).toMatchObject({
        length: Infinity,
        negative: false,
        minimal: true,
      });
    }
  });

  test("P-36 V-09 a first bit that is set is seen", () => {
    for (const length of [2n ** 63n, 2n ** 63n + 5n, 2n ** 64n - 1n]) {
      expect(decode(bytes(0x82, 127, bigEndian(length, 8))).decoder.negative).toBe(true);
    }
    expect(decode(hex("82 fe ff ff 00 00 00 00")).decoder.negative).toBe(false);
  });
});

describe("P-38 a header that is not complete", () => {
  const header = hex("82 ff 00 00 00 00 00 01 00 00 81 02 03 04");

  test("takes nothing until its last byte, wherever it lies", () => {
    const decoder = new FrameDecoder();
    const around = bytes(0xee, 0xee, 0xee, header, 0xee);
    for (let end = 3; end < 3 + header.length; end++) expect(decoder.read(around, 3, end)).toBe(0);
    expect(decoder.read(around, 3, around.length)).toBe(14);
    expect(decoder.length).toBe(65_536);
  });

  test("V-11 can be judged from its second byte on, with a length of 0 until that is known", () => {
    const decoder = new FrameDecoder();
    decoder.read(header, 0, 1);
    expect(decoder.judgeable).toBe(false);
    decoder.read(header, 0, 2);
    expect(decoder).toMatchObject({
      judgeable: true,
      opcode: 2,
      masked: true,
      length: 0,
      minimal: true,
      negative: false,
    });
    decoder.read(header, 0, 9);
    expect(decoder.length).toBe(0);
    decoder.read(header, 0, 10);
    expect(decoder).toMatchObject({ judgeable: true, length: 65_536 });
    decoder.read(header, 0, 0);
    expect(decoder.judgeable).toBe(false);
  });
});
