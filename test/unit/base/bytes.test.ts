import { expect, test } from "vitest";
import { allocateSmall, copyBytes, FEW_BYTES } from "../../../src/base/bytes.ts";

test("bytes are copied to where they are wanted, and nothing else is touched, at every length that is copied otherwise", () => {
  for (const length of [0, 1, FEW_BYTES, FEW_BYTES + 1, 300]) {
    const source = new Uint8Array(length + 5).map((_, index) => index + 1);
    const target = new Uint8Array(length + 4);
    copyBytes(source, 2, 2 + length, target, 3);
    expect(target).toEqual(Uint8Array.of(0, 0, 0, ...source.subarray(2, 2 + length), 0));
  }
});

test("small memory has the length that was asked for", () => {
  for (const length of [0, FEW_BYTES, FEW_BYTES + 1]) expect(allocateSmall(length)).toHaveLength(length);
});
