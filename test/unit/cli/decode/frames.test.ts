import { deflateRawSync, constants } from "node:zlib";
import { describe, expect, test } from "vitest";
import { Inflation, looksLikeFrame, readFrames } from "../../../../src/cli/decode/frames.ts";
import { bytes, hex, utf8 } from "../../../support/byte-builder.ts";

const options = { from: undefined, isDeflated: false, mostFrames: 100 } as const;
const read = (input: Uint8Array, more: Partial<Parameters<typeof readFrames>[2]> = {}) =>
  readFrames(input, 0, { ...options, ...more });
const textOf = (input: Uint8Array | undefined): string => Buffer.from(input ?? []).toString();

describe("readFrames", () => {
  test("RFC 6455 §5.7: the examples, one behind the other, each with its sender", () => {
    const unmasked = hex("81 05 48 65 6c 6c 6f");
    const masked = hex("81 85 37 fa 21 3d 7f 9f 4d 51 58");
    const ping = hex("89 05 48 65 6c 6c 6f");
    const { frames, fault } = read(bytes(unmasked, masked, ping));
    expect(fault).toBeUndefined();
    expect(frames.map(({ from, offset, headerHex, payload }) => [from, offset, headerHex, textOf(payload)])).toEqual([
      ["server", 0, "8105", "Hello"],
      ["client", 7, "818537fa213d", "Hello"],
      ["server", 18, "8905", "Hello"],
    ]);
    expect(frames.map(({ message }) => textOf(message?.bytes))).toEqual(["Hello", "Hello", ""]);
  });

  test("fragments become one message, also with a ping in between, and each side has its own", () => {
    const { frames } = read(hex("01 03 48 65 6c  02 81 00000000 78  89 00  80 81 00000000 79  80 02 6c 6f"));
    expect(frames.map(({ message }) => (message === undefined ? "" : textOf(message.bytes)))).toEqual([
      "",
      "",
      "",
      "xy",
      "Hello",
    ]);
    expect(frames.at(-1)?.message).toMatchObject({ isText: true, frameCount: 2 });
    expect(frames.flatMap(({ faults }) => faults)).toEqual([]);
  });

  test.each([
    ["a reserved opcode", "83 00", "The opcode is reserved. (an endpoint closes with 1002)"],
    ["a reserved bit", "c1 00", "A reserved bit is set"],
    ["a long ping", "89 7e 0080", "A control frame may carry at most 125 bytes."],
    ["a length that is not minimal", "82 7e 0001 61", "A length must use its shortest form."],
    ["a continuation of nothing", "80 00", "A continuation frame continues no message."],
    ["a ping in pieces", "09 00", "A control frame must not be fragmented."],
  ])("names the rule that %s breaks, and goes on", (_what, digits, rule) => {
    const { frames } = read(bytes(hex(digits), new Uint8Array(digits.includes("0080") ? 128 : 0), hex("81 01 61")));
    expect(frames[0]?.faults.join()).toContain(rule);
    expect(textOf(frames.at(-1)?.payload)).toBe("a");
  });

  test("a sender that is known is held to masking", () => {
    expect(read(hex("81 00"), { from: "client" }).frames[0]?.faults.join()).toContain("must be masked");
    expect(read(hex("81 80 00000000"), { from: "server" }).frames[0]?.faults.join()).toContain("must not be masked");
  });

  test("stops where the bytes end, and says where", () => {
    expect(read(hex("81 05 48 65")).fault).toBe("The bytes end inside the frame at 0: 2 of 5 payload bytes are there.");
    expect(read(hex("81 00 81 7e 01")).fault).toBe("The bytes end inside the header of the frame at 2.");
    expect(read(hex("82 7f ffffffffffffffff")).fault).toContain(": 0 of 2^53 or more payload bytes");
    expect(read(hex("81 00 81 00 81 00"), { mostFrames: 2 }).fault).toContain("More than 2 frames");
  });

  test("RFC 7692 §7.2.3: compressed messages, the second of which refers to the first", () => {
    const first = hex("c1 07 f2 48 cd c9 c9 07 00");
    const second = hex("c1 05 f2 00 11 00 00");
    const { frames } = read(bytes(first, second), { isDeflated: true });
    expect(frames.map(({ message }) => textOf(message?.bytes))).toEqual(["Hello", "Hello"]);
    expect(frames.map(({ message }) => message?.compressedBytes)).toEqual([7, 5]);
    expect(frames.flatMap(({ faults }) => faults)).toEqual([]);
    expect(read(second, { isDeflated: true }).frames[0]?.message?.fault).toContain("cannot be inflated");
  });

  test("a bomb is not blown up", () => {
    const bomb = deflateRawSync(Buffer.alloc(64 * 1024 * 1024), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(
      0,
      -4,
    );
    const head = Buffer.alloc(10);
    head.set([0xc2, 127]);
    head.writeBigUInt64BE(BigInt(bomb.length), 2);
    const { frames } = read(bytes(head, bomb), { isDeflated: true });
    expect(frames[0]?.message).toMatchObject({ fault: expect.stringContaining("cannot be inflated") as string });
  });

  test("what may be inflated is shared by all that are read with it", () => {
    const hello = hex("c1 07 f2 48 cd c9 c9 07 00");
    const inflation = new Inflation(8);
    const told = [1, 2, 3].map(() => read(hello, { isDeflated: true, inflation }).frames[0]?.message);
    expect(told.map((message) => textOf(message?.bytes))).toEqual(["Hello", "Hello", ""]);
    expect(told[2]?.fault).toBe("Enough was inflated by now.");
  });

  test("what cannot be inflated has cost something, too", () => {
    const inflation = new Inflation(1);
    read(hex("c1 02 ff ff"), { isDeflated: true, inflation });
    expect(inflation.isSpent).toBe(true);
  });
});

test("looksLikeFrame knows frames from other bytes", () => {
  for (const good of ["81 05", "82 fe 0080 00000000", "89 00", "88 82 01020304", "c1 07"])
    expect(looksLikeFrame(hex(good), 0)).toBe(true);
  for (const bad of ["", "81", "83 00", "91 00", "89 7e 0080", "16 03 01 00", "09 00"])
    expect(looksLikeFrame(hex(bad), 0)).toBe(false);
  for (const text of ["GET / HTTP/1.1", "SSH-2.0-x", "* OK IMAP"]) expect(looksLikeFrame(utf8(text), 0)).toBe(false);
});
