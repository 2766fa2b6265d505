// Text as it arrives in pieces: judged at each byte, joined at the end.
import { afterEach, describe, expect, test } from "vitest";
import { platform, replacePlatform } from "../../../src/base/platform.ts";
import { decodeMessage, MessageAssembler } from "../../../src/protocol/message-assembler.ts";
import { bytes, hex, utf8 } from "../../support/byte-builder.ts";
import { badUtf8At } from "../../support/naive-utf8.ts";
import { SeededRandom } from "../../support/seeded-random.ts";

const { allocate } = platform;
afterEach(() => replacePlatform({ allocate }));

/** Gives a message its pieces, telling of each whether it is ASCII as unmasking does; whether the last was accepted. */
function append(message: MessageAssembler, ...pieces: readonly Uint8Array[]): boolean {
  return pieces.every((piece) => {
    const isAscii = piece.every((byte) => byte < 0x80);
    // Pieces lie somewhere in a room full of other bytes.
    return message.append(bytes(0xff, piece, 0xff), 1, 1 + piece.length, isAscii, piece.length);
  });
}

describe("text", () => {
  test("P-51 a character may be cut anywhere, and in as many pieces as it has bytes", () => {
    const text = `${"a€🜁é".repeat(12)}x`;
    const whole = utf8(text);
    for (let size = 1; size <= 40; size++) {
      const message = new MessageAssembler(true);
      for (let at = 0; at < whole.length; at += size) {
        if (!append(message, whole.subarray(at, at + size))) expect.fail(`pieces of ${size}: refused at ${at}`);
      }
      expect(message.finish(), `pieces of ${size}`).toBe(text);
    }
  });

  test("P-50 the byte that makes a text invalid is refused in the piece that brings it, however long the piece", () => {
    const random = new SeededRandom(50);
    for (let index = 0; index < 2_000; index++) {
      const sound = utf8("aé€🜁".repeat(random.between(0, 20)));
      const at = random.between(0, sound.length);
      const broken = bytes(sound.subarray(0, at), random.between(0x80, 0xff), sound.subarray(at));
      const badAt = badUtf8At(broken);
      const cut = random.between(0, broken.length);
      const message = new MessageAssembler(true);
      const first = append(message, broken.subarray(0, cut));
      expect(first, `${[...broken].join(" ")} cut at ${cut}`).toBe(badAt === undefined || badAt >= cut);
      if (first) expect(append(message, broken.subarray(cut))).toBe(badAt === undefined);
    }
  });

  test("P-50 ASCII is no way out of an unfinished character", () => {
    const message = new MessageAssembler(true);
    expect(append(message, hex("e2 82"))).toBe(true);
    expect(append(message, utf8("a"))).toBe(false);
  });

  test("P-52 a text that ends inside a character is none", () => {
    for (const cut of ["c3", "e2 82", "f0 9f 9c", "61 e2"]) {
      const message = new MessageAssembler(true);
      expect(append(message, hex(cut))).toBe(true);
      expect(message.finish(), cut).toBeUndefined();
    }
  });

  test("P-49 no bytes at all are an empty text, and empty pieces change nothing", () => {
    const message = new MessageAssembler(true);
    expect(append(message, bytes(), bytes())).toBe(true);
    expect(message.finish()).toBe("");
    const split = new MessageAssembler(true);
    expect(append(split, hex("e2"), bytes(), hex("82 ac"), bytes())).toBe(true);
    expect(split.finish()).toBe("€");
  });

  test("P-54 a byte order mark and NUL stay", () => {
    const message = new MessageAssembler(true);
    append(message, utf8("\ufeff"), utf8("\0a"));
    expect(message.finish()).toBe("\ufeff\0a");
  });

  test("text that is ASCII at first and not later comes out whole", () => {
    const message = new MessageAssembler(true);
    append(message, utf8("plain, then "), utf8("ünïcode"), utf8(", then plain"));
    expect(message.finish()).toBe("plain, then ünïcode, then plain");
  });
});

describe("bytes", () => {
  test("V-34 the finished message is what came and nothing of the room it was joined in", () => {
    replacePlatform({ allocate: (size) => new Uint8Array(size).fill(0xa5) });
    const message = new MessageAssembler(false);
    // The fourth piece makes more room than it needs.
    append(message, bytes(1, 2), bytes(3), bytes(4), bytes(5));
    const finished = message.finish() as Uint8Array;
    expect(finished).toEqual(bytes(1, 2, 3, 4, 5));
    expect(finished.buffer.byteLength, "a handler that keeps it keeps no more").toBe(5);
    const empty = new MessageAssembler(false);
    append(empty, bytes());
    expect(empty.finish()).toEqual(new Uint8Array());
  });

  test("they are not judged as text", () => {
    const message = new MessageAssembler(false);
    expect(append(message, hex("ff fe"), hex("c0"))).toBe(true);
    expect(message.finish()).toEqual(hex("ff fe c0"));
  });
});

describe("V-01 cost", () => {
  test("room is taken as bytes arrive, never on a header's word", () => {
    const message = new MessageAssembler(false);
    expect(message.cost).toBe(128);
    message.append(new Uint8Array(10), 0, 10, true, 2 ** 30);
    expect(message.cost).toBeLessThanOrEqual(1024 + 128);
  });

  test("a message never costs more than twice its bytes, or 1 KiB, and an object", () => {
    for (const size of [1, 10, 100, 1_000, 50_000]) {
      const message = new MessageAssembler(false);
      const piece = new Uint8Array(size);
      for (let count = 0; count < 200 && message.length < 400_000; count++) {
        message.append(piece, 0, size, true, size * 3);
        expect(message.cost).toBeLessThanOrEqual(Math.max(1024, 2 * message.length) + 128);
      }
    }
  });

  test("a message whose length is announced takes exactly the room it needs in the end", () => {
    const message = new MessageAssembler(false);
    for (let left = 100_000; left > 0; left -= 10_000) message.append(new Uint8Array(10_000), 0, 10_000, true, left);
    expect(message.cost).toBe(100_000 + 128);
  });
});

describe("decodeMessage: a message that lies whole in the arena", () => {
  const room = bytes(0xff, "h€llo", 0xff);

  test("gives text, of ASCII and of more", () => {
    expect(decodeMessage(true, room, 1, 8, false)).toBe("h€llo");
    expect(decodeMessage(true, utf8("xhellox"), 1, 6, true)).toBe("hello");
    expect(decodeMessage(true, room, 3, 3, true)).toBe("");
  });

  test("P-52 P-53 gives nothing for text that is not UTF-8", () => {
    expect(decodeMessage(true, room, 1, 4, false)).toBeUndefined();
    expect(decodeMessage(true, room, 0, 8, false)).toBeUndefined();
  });

  test("V-34 copies bytes out: they belong to the receiver, not to the arena", () => {
    const arena = bytes(1, 2, 3, 4);
    const message = decodeMessage(false, arena, 1, 3, true) as Uint8Array;
    arena.fill(0xee);
    expect(message).toEqual(bytes(2, 3));
    expect(message.buffer.byteLength).toBe(2);
  });
});
