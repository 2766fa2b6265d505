import { expect, onTestFinished, test, vi } from "vitest";
import { platform } from "../../../src/base/platform.ts";
import { Pieces } from "../../../src/channels/pieces.ts";
import { utf8 } from "../../support/byte-builder.ts";
import { SeededRandom } from "../../support/seeded-random.ts";

const SLICE = 16_384;
const random = new SeededRandom(21);

/** All of it as it leaves, in cuts of at most `most()` bytes; whoever cuts writes into the room before each. */
function leaving(pieces: Pieces, length: number, room: () => number, most: () => number): Uint8Array {
  const kept: { readonly cut: Uint8Array; readonly room: number }[] = [];
  for (let at = 0; at < length;) {
    const count = Math.min(pieces.restFrom(at), most());
    const before = room();
    const cut = pieces.cut(at, count, before);
    expect(cut).toHaveLength(before + count);
    cut.fill(0xee, 0, before);
    kept.push({ cut, room: before });
    at += count;
  }
  // Only now: what left later has changed nothing of what left before.
  return Buffer.concat(kept.map((one) => one.cut.subarray(one.room)));
}

test.each([1, 1_001, SLICE - 1, SLICE, SLICE + 1, 3 * SLICE, 3 * SLICE + 77])(
  "I-04 %i bytes leave as they were given, whatever the cuts and the room before them, and can be joined meanwhile",
  (length) => {
    for (const most of [() => SLICE, () => random.between(1, SLICE), () => random.pick([1_000, 5_000])]) {
      for (const room of [() => 3, () => random.pick([2, 3, 4])]) {
        const data = random.bytes(length);
        const pieces = new Pieces(data, length, 3);
        const sent = data.slice();
        data.fill(0);
        expect(Buffer.compare(leaving(pieces, length, room, most), sent)).toBe(0);
        expect(Buffer.compare(pieces.join(), sent)).toBe(0);
      }
    }
  },
);

test.each(["é", "😀", "x", "\ud83d"])(
  "text of %j is encoded once, also where a character lies over two pieces",
  (one) => {
    for (const text of [one.repeat(2_000), `x${one.repeat(20_000)}`]) {
      const expected = utf8(text);
      const pieces = new Pieces(text, expected.length, 3);
      expect(Buffer.compare(pieces.join(), expected)).toBe(0);
      expect(
        Buffer.compare(
          leaving(
            pieces,
            expected.length,
            () => 3,
            () => SLICE,
          ),
          expected,
        ),
      ).toBe(0);
    }
  },
);

test("whole slices leave where they stand, and so does the first part of one that is cut: nothing is copied", () => {
  const pieces = new Pieces(new Uint8Array(2 * SLICE + 500), 2 * SLICE + 500, 3);
  const allocate = vi.spyOn(platform, "allocateShared");
  onTestFinished(() => allocate.mockRestore());
  expect(pieces.cut(0, SLICE, 3).buffer.byteLength).toBe(SLICE + 3);
  pieces.cut(SLICE, 10_000, 3);
  expect(allocate).not.toHaveBeenCalled();
  pieces.cut(SLICE + 10_000, SLICE - 10_000, 3);
  expect(allocate.mock.calls).toEqual([[SLICE - 10_000 + 3]]);
  pieces.cut(2 * SLICE, 500, 3);
  expect(allocate).toHaveBeenCalledTimes(1);
});

test("V-22 a short part of a piece that is kept does not keep the piece", () => {
  const pieces = new Pieces(new Uint8Array(2 * SLICE), 2 * SLICE, 3);
  for (const at of [0, SLICE]) {
    const cut = pieces.cut(at, 1_024, 3);
    expect(cut.buffer.byteLength).toBeLessThan(SLICE / 1.5);
  }
});
