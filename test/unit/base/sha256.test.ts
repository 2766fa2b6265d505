import { createHash, createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { hmacSha256, sha256 } from "../../../src/base/sha256.ts";
import { utf8 } from "../../support/byte-builder.ts";
import { SeededRandom } from "../../support/seeded-random.ts";

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

test("the digest of FIPS 180-4's example comes out", () => {
  expect(hexOf(sha256(utf8("abc")))).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

test("every length around the blocks' ends gives the platform's digest and HMAC", () => {
  const random = new SeededRandom(256);
  for (let length = 0; length <= 200; length++) {
    const bytes = random.bytes(length);
    const key = random.bytes(random.between(0, 140));
    expect(hexOf(sha256(bytes)), `${length} bytes`).toBe(createHash("sha256").update(bytes).digest("hex"));
    expect(hexOf(hmacSha256(key, bytes))).toBe(createHmac("sha256", key).update(bytes).digest("hex"));
  }
});
