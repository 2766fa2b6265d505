import { describe, expect, test } from "vitest";
import { applyMask, copyMasked, createRoom, turnKey } from "../../../src/protocol/mask.ts";
import { SeededRandom } from "../../support/seeded-random.ts";

const keyOf = (bytes: Uint8Array): number => new DataView(bytes.buffer, bytes.byteOffset).getInt32(0);

/** Octet i XOR key octet i mod 4, as RFC 6455 §5.3 says it. */
function masked(payload: Uint8Array, key: Uint8Array): Uint8Array {
  return payload.map((byte, index) => byte ^ (key[index % 4] as number));
}

describe("applyMask", () => {
  test("unmasks any part of a room, at every alignment and length, and touches nothing around it", () => {
    const random = new SeededRandom(53);
    for (let start = 0; start < 9; start++) {
      for (let length = 0; length < 40; length++) {
        const room = createRoom(64);
        const before = random.bytes(64);
        room.bytes.set(before);
        const key = random.bytes(4);
        const end = start + length;
        applyMask(room, start, end, keyOf(key));
        const expected = before.slice();
        expected.set(masked(before.subarray(start, end), key), start);
        expect(room.bytes, `${length} bytes at ${start}`).toEqual(expected);
      }
    }
  });

  test("a payload in pieces, with the key turned between them, is unmasked like the whole", () => {
    const random = new SeededRandom(54);
    const payload = random.bytes(61);
    const key = random.bytes(4);
    for (let cut = 0; cut <= payload.length; cut++) {
      const room = createRoom(70);
      room.bytes.set(payload, 3);
      applyMask(room, 3, 3 + cut, keyOf(key));
      applyMask(room, 3 + cut, 3 + payload.length, turnKey(keyOf(key), cut));
      expect(room.bytes.subarray(3, 3 + payload.length), `cut at ${cut}`).toEqual(masked(payload, key));
    }
  });

  test("it tells whether all resulting bytes are ASCII, wherever the one that is not lies", () => {
    const key = new SeededRandom(7).bytes(4);
    for (let start = 0; start < 5; start++) {
      for (let odd = -1; odd < 19; odd++) {
        const plain = new Uint8Array(19).fill(0x7f);
        if (odd >= 0) plain[odd] = 0x80;
        const room = createRoom(40);
        // What lies around the part must not count.
        room.bytes.fill(0xff);
        room.bytes.set(masked(plain, key), start);
        expect(applyMask(room, start, start + 19, keyOf(key)), `odd byte ${odd}, start ${start}`).toBe(odd < 0);
      }
    }
    expect(applyMask(createRoom(4), 2, 2, 0)).toBe(true);
  });

  test("a key of 0 changes nothing and still answers", () => {
    const room = createRoom(12);
    room.bytes.set([1, 2, 3, 4, 5, 6, 7, 8, 0xff], 1);
    const before = room.bytes.slice();
    expect(applyMask(room, 1, 9, 0)).toBe(true);
    expect(applyMask(room, 1, 10, 0)).toBe(false);
    expect(room.bytes).toEqual(before);
  });
});

test("turnKey turns by octets, modulo four, and back to where it began", () => {
  expect(turnKey(0x01020304, 0)).toBe(0x01020304);
  expect(turnKey(0x01020304, 1)).toBe(0x02030401);
  expect(turnKey(0x01020304, 6)).toBe(0x03040102);
  expect(turnKey(0x81020304, 3) >>> 0).toBe(0x04810203);
  expect(turnKey(0x01020304, 65_536)).toBe(0x01020304);
});

test("P-42 copyMasked masks a copy and leaves the source as it was", () => {
  const random = new SeededRandom(42);
  for (let length = 0; length < 20; length++) {
    const source = random.bytes(length);
    const kept = source.slice();
    const key = random.bytes(4);
    const target = new Uint8Array(length + 4).fill(0xee);
    copyMasked(source, target, 2, keyOf(key));
    expect(source).toEqual(kept);
    expect(target.subarray(2, 2 + length)).toEqual(masked(source, key));
    expect([target[0], target[1], target.at(-2), target.at(-1)]).toEqual([0xee, 0xee, 0xee, 0xee]);
    const around = Uint8Array.of(9, ...source, 9, 9);
    const part = new Uint8Array(length + 4).fill(0xee);
    copyMasked(around, part, 2, keyOf(key), 1, 1 + length);
    expect(part).toEqual(target);
  }
});

test("text that already lies in the target may be masked where it is", () => {
  const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6);
  copyMasked(bytes, bytes, 1, 0x0a0b0c0d, 1);
  expect(bytes).toEqual(Uint8Array.of(1, 2 ^ 0x0a, 3 ^ 0x0b, 4 ^ 0x0c, 5 ^ 0x0d, 6 ^ 0x0a));
});

test("a room is zeroed, in whole words, and both its faces show the same memory", () => {
  const room = createRoom(5);
  expect(room.bytes).toEqual(new Uint8Array(8));
  room.words[1] = -1;
  expect([...room.bytes.subarray(4)]).toEqual([255, 255, 255, 255]);
});
