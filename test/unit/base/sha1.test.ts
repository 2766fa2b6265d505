import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { sha1 } from "../../../src/base/sha1.ts";
import { utf8 } from "../../support/byte-builder.ts";
import { SeededRandom } from "../../support/seeded-random.ts";

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

test("the digests of RFC 3174 §7.3 come out", () => {
  expect(hexOf(sha1(utf8("abc")))).toBe("a9993e364706816aba3e25717850c26c9cd0d89d");
  expect(hexOf(sha1(utf8("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")))).toBe(
    "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
  );
  expect(hexOf(sha1(utf8("0123456701234567012345670123456701234567012345670123456701234567".repeat(10))))).toBe(
    "dea356a2cddd90c7a7ecedc5ebb563934f460452",
  );
});

test("every length around the block's end gives the platform's digest", () => {
  const random = new SeededRandom(3174);
  for (let length = 0; length <= 200; length++) {
    const bytes = random.bytes(length);
    expect(hexOf(sha1(bytes)), `${length} bytes`).toBe(createHash("sha1").update(bytes).digest("hex"));
  }
});

test("the digest is of the view's bytes only, and the input stays as it was", () => {
  const whole = new SeededRandom(1).bytes(100);
  const copy = whole.slice();
  const part = whole.subarray(17, 80);
  expect(hexOf(sha1(part))).toBe(createHash("sha1").update(part).digest("hex"));
  expect(whole).toEqual(copy);
});
