import { describe, expect, test } from "vitest";
import { TornPieces } from "../../../../src/cli/doctor/torn-pieces.ts";
import { bytes, hex } from "../../../support/byte-builder.ts";

const pong = bytes(hex("8a 7d"), new Uint8Array(125));

function torn(...pieces: Uint8Array[]): number {
  const watch = new TornPieces();
  for (const piece of pieces) watch.read(piece);
  return watch.torn;
}

describe("TornPieces", () => {
  test("pieces that end with a frame are not torn, however many there are, nor those that end behind a header", () => {
    expect(torn(pong, pong, bytes(pong, pong), pong)).toBe(0);
    expect(torn(pong.subarray(0, 2), pong.subarray(2))).toBe(0);
  });

  test("small pieces that end inside a payload or a header are", () => {
    expect(torn(pong.subarray(0, 50), pong.subarray(50))).toBe(1);
    expect(torn(pong.subarray(0, 1), pong.subarray(1))).toBe(1);
    const single = Array.from(pong, (byte) => Uint8Array.of(byte));
    // All but the one that ends the header and the one that ends the frame.
    expect(torn(...single)).toBe(125);
  });

  test("segments of TCP end where they end", () => {
    const large = bytes(hex("82 7e 0fa0"), new Uint8Array(4_000));
    expect(torn(large.subarray(0, 1_448), large.subarray(1_448, 2_896), large.subarray(2_896))).toBe(0);
  });
});
