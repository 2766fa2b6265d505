import { createHash, randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { systemRandom } from "../../../../src/base/random.ts";
import { acceptKey, createHandshakeKey, isHandshakeKey } from "../../../../src/protocol/handshake/accept-key.ts";
import { sampleAccept, sampleKey } from "../../../support/upgrade-head.ts";
import { SeededRandom } from "../../../support/seeded-random.ts";

describe("Sec-WebSocket-Accept", () => {
  test("§1.3 the sample key gives the sample answer", () => {
    expect(acceptKey(sampleKey)).toBe(sampleAccept);
  });

  test("§4.2.2 it is the SHA-1 of key and GUID in base64, as the platform computes it", () => {
    for (let round = 0; round < 50; round++) {
      const key = randomBytes(16).toString("base64");
      const expected = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
      expect(acceptKey(key)).toBe(expected);
    }
  });
});

describe("Sec-WebSocket-Key", () => {
  test("P-07 16 bytes in base64 are a key", () => {
    expect(isHandshakeKey(sampleKey)).toBe(true);
    expect(isHandshakeKey("+/+/+/+/+/+/+/+/+/+/+w==")).toBe(true);
  });

  test.each([
    ["nothing", ""],
    ["15 bytes", Buffer.alloc(15).toString("base64")],
    ["17 bytes", Buffer.alloc(17).toString("base64")],
    ["18 bytes, which need no padding", Buffer.alloc(18).toString("base64")],
    ["no padding", "dGhlIHNhbXBsZSBub25jZQ"],
    ["half the padding", "dGhlIHNhbXBsZSBub25jZQ="],
    ["padding in the middle", "dGhlIHNhbXBsZSBub25j=Q=="],
    ["an inner space", "dGhlIHNhbXBsZSBub25j Q=="],
    ["base64url", "-_-_-_-_-_-_-_-_-_-_-w=="],
    ["a character beyond ASCII", "dGhlIHNhbXBsZSBub25j\u0105Q=="],
    ["two keys", `${sampleKey}, ${sampleKey}`],
  ])("P-07 %s is no key", (_, key) => {
    expect(isHandshakeKey(key)).toBe(false);
  });

  test("§4.1 V-51 a new key is 16 bytes of the random source", () => {
    expect(Buffer.from(createHandshakeKey(new SeededRandom(1)), "base64")).toEqual(
      Buffer.from(new SeededRandom(1).bytes(16)),
    );
  });

  test("§4.1 keys are keys, and no two are equal", () => {
    const keys = Array.from({ length: 1_000 }, () => createHandshakeKey(systemRandom));
    expect(keys.every(isHandshakeKey)).toBe(true);
    expect(new Set(keys).size).toBe(1_000);
  });
});
