// Node's members must do exactly what the portable ones do, only faster.
import { describe, expect, test, vi } from "vitest";
import type { Platform } from "../../../src/base/platform.ts";
import { bytes, hex, utf8 } from "../../support/byte-builder.ts";
import { SeededRandom } from "../../support/seeded-random.ts";

// Modules of its own: another test may have replaced the members of those that are shared.
vi.resetModules();
const { digests } = await import("../../../src/base/digests.ts");
const { platform } = await import("../../../src/base/platform.ts");
const portable: Platform = { ...platform };
const portableDigests = { ...digests };
await import("../../../src/socket/node-platform.ts");

const texts = [
  "",
  "a",
  "é",
  "€",
  "🜁",
  "\ufeffx",
  "a\0b",
  "\ud800",
  "x\udc00y",
  "\ud83d\ud83d\ude00",
  "ü€🜁".repeat(3_000),
];

test("every member is replaced, once", () => {
  const members = Object.keys(portable) as (keyof Platform)[];
  expect(members.filter((name) => platform[name] === portable[name])).toEqual([]);
  expect([digests.sha1 === portableDigests.sha1, digests.hmacSha256 === portableDigests.hmacSha256]).toEqual([
    false,
    false,
  ]);
});

test("text is read alike from the middle of bytes, or not at all where it is broken", () => {
  for (const text of texts) {
    const bytes = Buffer.concat([hex("ff 80"), utf8(text), hex("80")]);
    for (const [start, end] of [
      [2, bytes.length - 1],
      [2, bytes.length],
      [1, bytes.length - 1],
    ] as const) {
      const expected = portable.decodeText(bytes, start, end);
      expect(platform.decodeText(bytes, start, end)).toBe(expected);
      expect(expected === undefined).toBe(start !== 2 || end === bytes.length);
    }
  }
});

test("text is read from the memory that is asked about, whatever was asked about before, as it is now", () => {
  const memory = new Uint8Array(40).fill(0x61);
  const parts = [
    memory,
    memory.subarray(4),
    memory.subarray(8, 12),
    new Uint8Array(memory),
    Buffer.from(memory.buffer),
  ];
  for (let turn = 0; turn < 3; turn++) {
    for (const [index, part] of [...parts, ...parts].entries()) {
      part[1] = 0x62 + ((index + turn) % 20);
      const expected = String.fromCharCode(...part.subarray(0, 4));
      expect([
        platform.decodeLatin1(part, 0, 4),
        platform.decodeText(part, 0, 4),
        platform.decodeUtf8(part, 0, 4),
      ]).toEqual(Array(3).fill(expected));
    }
  }
});

test("P-55 text is measured and written alike, into plain arrays and into buffers", () => {
  for (const text of texts) {
    const expected = utf8(text);
    expect(platform.utf8Length(text)).toBe(portable.utf8Length(text));
    for (const target of [new Uint8Array(expected.length + 6), Buffer.alloc(expected.length + 6)]) {
      target.fill(0xee);
      expect(platform.encodeUtf8Into(text, target, 3)).toBe(expected.length);
      expect(Buffer.compare(target, bytes(0xee, 0xee, 0xee, expected, 0xee, 0xee, 0xee))).toBe(0);
    }
  }
});

test("P-54 text is read alike, a byte order mark and NUL kept", () => {
  for (const text of texts.filter((candidate) => !/[\ud800-\udfff]/u.test(candidate))) {
    const source = bytes(0xff, text, 0xff);
    expect(platform.decodeUtf8(source, 1, source.length - 1)).toBe(text);
    expect(platform.decodeUtf8(Buffer.from(source), 1, source.length - 1)).toBe(text);
  }
});

test("P-53 UTF-8 is judged alike", () => {
  for (const digits of ["", "61", "c3 a9", "ed a0 80", "c0 80", "f4 90 80 80", "e2 82", "ef bf bf", "80"]) {
    expect(platform.isUtf8(hex(digits)), digits).toBe(portable.isUtf8(hex(digits)));
  }
});

test("bytes become latin1 alike, also from views with an offset, and after their content has changed", () => {
  const whole = new SeededRandom(1).bytes(1_000);
  const part = whole.subarray(100, 900);
  expect(platform.decodeLatin1(part, 10, 700)).toBe(portable.decodeLatin1(part, 10, 700));
  part.fill(0x41);
  expect(platform.decodeLatin1(part, 0, 3)).toBe("AAA");
  expect(platform.decodeLatin1(whole, 98, 102)).toBe(portable.decodeLatin1(whole, 98, 102));
});

test("SHA-1 is alike", () => {
  const source = new SeededRandom(2).bytes(333);
  expect(Buffer.from(digests.sha1(source)).toString("hex")).toBe(
    Buffer.from(portableDigests.sha1(source)).toString("hex"),
  );
});

describe("allocate", () => {
  test("V-01 gives memory of its own, of exactly that size: no pool is pinned by what a handler keeps", () => {
    for (const size of [0, 1, 100, 5_000, 100_000]) {
      const memory = platform.allocate(size);
      expect(memory).toHaveLength(size);
      expect(memory.buffer.byteLength).toBe(size);
      expect(Buffer.isBuffer(memory)).toBe(false);
    }
  });
});

test("V-51 the HMAC is the portable one, whatever the lengths", () => {
  const random = new SeededRandom(256);
  for (const length of [0, 1, 33, 64, 65, 200]) {
    const key = random.bytes(length);
    const input = random.bytes(length + 7);
    expect(Buffer.compare(digests.hmacSha256(key, input), portableDigests.hmacSha256(key, input))).toBe(0);
  }
});

test("afterMicrotasks runs when microtasks are done, those they make included, and in order", async () => {
  const order: string[] = [];
  await new Promise<void>((resolve) => {
    platform.afterMicrotasks(() => {
      order.push("first");
      queueMicrotask(() => queueMicrotask(() => order.push("after first")));
      platform.afterMicrotasks(() => {
        order.push("second");
        resolve();
      });
    });
    queueMicrotask(() => queueMicrotask(() => order.push("microtask")));
    order.push("now");
  });
  expect(order).toEqual(["now", "microtask", "first", "after first", "second"]);
});
