// The portable members: what runs in a browser. Node's own are node-platform's.
import { afterEach, describe, expect, test } from "vitest";
import { platform, replacePlatform } from "../../../src/base/platform.ts";
import { concat, hex, utf8 } from "../../support/byte-builder.ts";
import { SeededRandom } from "../../support/seeded-random.ts";

const portable = { ...platform };
afterEach(() => replacePlatform(portable));

const texts = ["", "a", "é", "€", "🜁", "\ufeff", "\0", "a€🜁é".repeat(50), "\uffff", "x".repeat(20_000)];

test("text goes to UTF-8 and back unchanged, a byte order mark and NUL included", () => {
  for (const text of texts) {
    const target = new Uint8Array(4 + platform.utf8Length(text) + 4).fill(0xee);
    expect(platform.encodeUtf8Into(text, target, 4)).toBe(platform.utf8Length(text));
    expect(platform.decodeUtf8(target, 4, target.length - 4)).toBe(text);
    expect([...target.subarray(0, 4), ...target.subarray(-4)]).toEqual(Array.from({ length: 8 }, () => 0xee));
  }
});

test("P-55 a lone surrogate counts three bytes and is written as U+FFFD, a pair counts four", () => {
  for (const text of [
    "\ud800",
    "\udc00",
    "a\ud800b",
    "\ud800\ud800",
    "\udc00\ud800",
    "\ud83d\ude00",
    "\ud83d\ud83d\ude00",
    "x\ud83d",
  ]) {
    const expected = utf8(text);
    expect(platform.utf8Length(text), JSON.stringify(text)).toBe(expected.length);
    const target = new Uint8Array(expected.length);
    platform.encodeUtf8Into(text, target, 0);
    expect(target).toEqual(expected);
  }
  expect(platform.utf8Length("\ud800")).toBe(3);
  expect(platform.utf8Length("\ud83d\ude00")).toBe(4);
});

test("isUtf8 says no to what is broken and to what is unfinished", () => {
  expect(platform.isUtf8(new Uint8Array())).toBe(true);
  expect(platform.isUtf8(utf8("a€🜁"))).toBe(true);
  expect(platform.isUtf8(hex("ed a0 80"))).toBe(false);
  expect(platform.isUtf8(hex("e2 82"))).toBe(false);
  const shifted = concat([hex("ff"), utf8("€")]).subarray(1);
  expect(platform.isUtf8(shifted)).toBe(true);
});

test("decodeText gives text from the middle of bytes, and nothing for what is broken there", () => {
  for (const text of texts) {
    const bytes = concat([hex("ff 80"), utf8(text), hex("80")]);
    expect(platform.decodeText(bytes, 2, bytes.length - 1)).toBe(text);
    expect(platform.decodeText(bytes, 2, bytes.length)).toBeUndefined();
    expect(platform.decodeText(bytes, 1, bytes.length - 1)).toBeUndefined();
  }
});

test("decodeLatin1 makes one character of each byte, however many there are", () => {
  const bytes = new SeededRandom(5).bytes(3 * 8192 + 5);
  expect(platform.decodeLatin1(bytes, 3, bytes.length - 1)).toBe(
    Buffer.from(bytes).toString("latin1", 3, bytes.length - 1),
  );
  expect(platform.decodeLatin1(bytes, 7, 7)).toBe("");
});

test("allocate gives memory of its own", () => {
  const memory = platform.allocate(10);
  expect(memory).toHaveLength(10);
  expect(memory.buffer).not.toBe(platform.allocate(10).buffer);
});

test("afterMicrotasks runs when microtasks are done, those they make included, and in order", async () => {
  const order: string[] = [];
  await new Promise<void>((resolve) => {
    const next = (name: string, then?: () => void): void =>
      platform.afterMicrotasks(() => {
        order.push(name);
        queueMicrotask(() => queueMicrotask(() => order.push(`after ${name}`)));
        then?.();
      });
    next("first", () => next("third", () => platform.afterMicrotasks(resolve)));
    next("second");
    queueMicrotask(() => queueMicrotask(() => order.push("microtask")));
    order.push("now");
  });
  expect(order).toEqual(["now", "microtask", "first", "after first", "second", "after second", "third", "after third"]);
});

describe("replacePlatform", () => {
  test("puts single members in and leaves the others", () => {
    replacePlatform({ utf8Length: () => 42 });
    expect(platform.utf8Length("a")).toBe(42);
    expect(platform.isUtf8).toBe(portable.isUtf8);
  });
});
