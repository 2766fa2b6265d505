import { describe, expect, test } from "vitest";
import { Cursor, sizedBytes, varintBytes, writeSized, writeVarint } from "../../../src/base/cursor.ts";
import { bytes, hex, utf8 } from "../../support/byte-builder.ts";
import { SeededRandom } from "../../support/seeded-random.ts";

function encoded(value: number): Uint8Array {
  const target = new Uint8Array(varintBytes(value));
  expect(writeVarint(target, 0, value)).toBe(target.length);
  return target;
}

function varintOf(digits: string): number | "fault" {
  const cursor = new Cursor(hex(digits));
  const value = cursor.varint();
  return cursor.fault ? "fault" : value;
}

describe("varints", () => {
  test("each edge of a length is written in that length and read back", () => {
    for (let size = 1; size <= 7; size++) {
      expect(encoded(128 ** size - 1)).toHaveLength(size);
      expect(encoded(128 ** size)).toHaveLength(size + 1);
    }
    const random = new SeededRandom(7);
    const values = [0, 1, 127, 128, 300, 2 ** 31, 2 ** 32, 2 ** 49, Number.MAX_SAFE_INTEGER];
    for (let count = 0; count < 500; count++) values.push(Math.floor(2 ** (random.fraction() * 53)));
    for (const value of values) {
      const cursor = new Cursor(encoded(value));
      expect(cursor.varint()).toBe(value);
      expect([cursor.fault, cursor.isAtEnd]).toEqual([false, true]);
    }
    expect(encoded(32_768)).toEqual(hex("80 80 02"));
  });

  test("a number has one form: a zero byte at its end is a fault, zero itself is not", () => {
    expect(varintOf("00")).toBe(0);
    expect(varintOf("80 00")).toBe("fault");
    expect(varintOf("81 80 00")).toBe("fault");
  });

  test("V-09 a number past 2⁵³−1, or in more than eight bytes, is a fault", () => {
    expect(varintOf("ff ff ff ff ff ff ff 0f")).toBe(Number.MAX_SAFE_INTEGER);
    expect(varintOf("80 80 80 80 80 80 80 10")).toBe("fault");
    expect(varintOf("80 80 80 80 80 80 80 80 01")).toBe("fault");
  });

  test("a number cut off anywhere is a fault", () => {
    const whole = encoded(Number.MAX_SAFE_INTEGER);
    for (let end = 0; end < whole.length; end++) {
      const cursor = new Cursor(whole.subarray(0, end));
      expect([cursor.varint(), cursor.fault]).toEqual([0, true]);
    }
  });
});

describe("fields", () => {
  test("bytes, text and the rest come in order, as views", () => {
    const source = bytes(2, 0xaa, 0xbb, 3, "€", 9, 8);
    const cursor = new Cursor(source);
    const first = cursor.bytes(2);
    expect(first).toEqual(hex("aa bb"));
    expect(first.buffer).toBe(source.buffer);
    expect(cursor.text(3)).toBe("€");
    expect(cursor.at).toBe(7);
    expect(cursor.rest()).toEqual(hex("09 08"));
    expect(cursor.isAtEnd).toBe(true);
  });

  test("V-21 a length of the limit is read, one more is a fault", () => {
    const source = bytes(5, "hello");
    expect(new Cursor(source).text(5)).toBe("hello");
    const cursor = new Cursor(source);
    expect([cursor.bytes(4).length, cursor.fault]).toEqual([0, true]);
  });

  test("a length that promises more than there is, is a fault", () => {
    const cursor = new Cursor(bytes(6, "hello"));
    expect([cursor.bytes(100).length, cursor.fault]).toEqual([0, true]);
  });

  test("text that is not UTF-8 is a fault", () => {
    const cursor = new Cursor(hex("02 e2 82"));
    expect([cursor.text(10), cursor.fault]).toEqual(["", true]);
  });

  test("a fault sticks: everything after it is empty", () => {
    const cursor = new Cursor(bytes(0x80, 0x00, 1, utf8("a")));
    cursor.varint();
    expect([cursor.varint(), cursor.bytes(9).length, cursor.text(9), cursor.take(1).length]).toEqual([0, 0, "", 0]);
    expect([cursor.rest().length, cursor.fault]).toEqual([0, true]);
  });
});

test("bytes with their length before them are written as they are read, at every length that is written otherwise", () => {
  for (const length of [0, 1, 48, 49, 127, 128, 300]) {
    const bytes = new Uint8Array(length).map((_, index) => index);
    const target = new Uint8Array(1 + sizedBytes(bytes) + 1);
    expect(writeSized(target, 1, bytes)).toBe(target.length - 1);
    const cursor = new Cursor(target, 1);
    expect([cursor.bytes(300), cursor.at, cursor.fault]).toEqual([bytes, target.length - 1, false]);
  }
});

test("what is passed over must be there", () => {
  const cursor = new Cursor(new Uint8Array(3));
  expect([cursor.skip(2), cursor.at, cursor.skip(2), cursor.fault, cursor.skip(1)]).toEqual([
    true,
    2,
    false,
    true,
    false,
  ]);
});
