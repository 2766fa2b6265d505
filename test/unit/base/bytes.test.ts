import { expect, test } from "vitest";
import { allocateSmall, copyBytes, FEW_BYTES, utf8Of } from "../../../src/base/bytes.ts";

test("bytes are copied to where they are wanted, and nothing else is touched, at every length that is copied otherwise", () => {
  for (const length of [...Array(FEW_BYTES + 2).keys(), 300]) {
    const source = new Uint8Array(length + 5).map((_, index) => index + 1);
    const target = new Uint8Array(length + 4);
    copyBytes(source, 2, 2 + length, target, 3);
    expect(target).toEqual(Uint8Array.of(0, 0, 0, ...source.subarray(2, 2 + length), 0));
  }
});

test("small memory has the length that was asked for", () => {
  for (const length of [0, FEW_BYTES, FEW_BYTES + 1]) expect(allocateSmall(length)).toHaveLength(length);
});

test("text becomes UTF-8 of its own, half a pair the character that stands for what is none", () => {
  expect(utf8Of("")).toEqual(new Uint8Array(0));
  expect(utf8Of("é😀x\ud83d")).toEqual(Uint8Array.of(0xc3, 0xa9, 0xf0, 0x9f, 0x98, 0x80, 0x78, 0xef, 0xbf, 0xbd));
});
