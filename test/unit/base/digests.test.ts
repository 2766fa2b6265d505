// The portable digests against Node's own.
import { createHash, createHmac } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { digests, replaceDigests } from "../../../src/base/digests.ts";
import { utf8 } from "../../support/byte-builder.ts";

const portable = { ...digests };
afterEach(() => replaceDigests(portable));

test("sha1 is SHA-1", () => {
  expect(Buffer.from(digests.sha1(utf8("abc"))).toString("hex")).toBe(createHash("sha1").update("abc").digest("hex"));
});

test("hmacSha256 is HMAC-SHA-256", () => {
  const expected = createHmac("sha256", "key").update("abc").digest("hex");
  expect(Buffer.from(digests.hmacSha256(utf8("key"), utf8("abc"))).toString("hex")).toBe(expected);
});

test("a runtime's own members take the place of the portable ones", () => {
  const none = (): Uint8Array => new Uint8Array(0);
  replaceDigests({ sha1: none, hmacSha256: none });
  expect(digests.sha1(utf8("abc"))).toHaveLength(0);
  expect(digests.hmacSha256(utf8("key"), utf8("abc"))).toHaveLength(0);
});
