import { describe, expect, test, vi } from "vitest";
import { systemRandom } from "../../../src/base/random.ts";
import {
  encodeHeader,
  encodeMessageFrame,
  FrameEncoder,
  headerBytes,
  type Output,
} from "../../../src/protocol/frame-encoder.ts";
import { Opcode } from "../../../src/protocol/frame.ts";
import { toHex, utf8 } from "../../support/byte-builder.ts";
import { readStream } from "../../support/naive-frame-codec.ts";
import { SeededRandom } from "../../support/seeded-random.ts";

const CANARY = 0xa5;

/** An output that keeps what is committed. Its memory is full of canaries, as memory is full of other people's secrets. */
class CanaryOutput implements Output {
  slab = new Uint8Array();
  readonly at = 5;
  readonly congested = false;
  sent: Uint8Array = new Uint8Array();
  /** How many bytes were reserved for the last frame. */
  reserved = 0;

  reserve(bytes: number): void {
    this.reserved = bytes;
    this.slab = new Uint8Array(this.at + bytes + 5).fill(CANARY);
  }

  commit(bytes: number): void {
    this.sent = this.slab.slice(this.at, this.at + bytes);
    const around = [...this.slab.subarray(0, this.at), ...this.slab.subarray(this.at + this.reserved)];
    if (around.some((byte) => byte !== CANARY)) throw new Error("Wrote outside what was reserved.");
    if (bytes > this.reserved) throw new Error("Committed more than was reserved.");
  }

  pass(part: Uint8Array): void {
    this.sent = part;
  }
}

const rules = { maxMessageBytes: 2 ** 30, maxFragments: 10 };
const lengths = [0, 1, 5, 125, 126, 127, 255, 256, 65_535, 65_536, 70_000];

describe("the length", () => {
  test("P-37 always uses the shortest form", () => {
    const target = new Uint8Array(14);
    const written = (length: number): string => {
      const end = encodeHeader(target, 0, Opcode.binary, length, false);
      expect(end).toBe(headerBytes(length, false));
      return toHex(target.subarray(0, end));
    };
    expect(written(0)).toBe("82 00");
    expect(written(125)).toBe("82 7d");
    expect(written(126)).toBe("82 7e 00 7e");
    expect(written(65_535)).toBe("82 7e ff ff");
    expect(written(65_536)).toBe("82 7f 00 00 00 00 00 01 00 00");
    expect(written(2 ** 32 - 1)).toBe("82 7f 00 00 00 00 ff ff ff ff");
    expect(written(2 ** 32 + 1)).toBe("82 7f 00 00 00 01 00 00 00 01");
    expect(written(2 ** 53 - 1)).toBe("82 7f 00 1f ff ff ff ff ff ff");
  });

  test("a masked header has the bit set and leaves room for the key", () => {
    const target = new Uint8Array(14);
    expect(encodeHeader(target, 1, Opcode.text, 5, true)).toBe(3);
    expect(toHex(target.subarray(1, 3))).toBe("81 85");
    expect(headerBytes(5, true)).toBe(6);
    expect(headerBytes(126, true)).toBe(8);
    expect(headerBytes(65_536, true)).toBe(14);
  });
});

describe.each(["server", "client"] as const)("a %s's frames", (side) => {
  const peer = side === "server" ? "client" : "server";
  const encoder = (output: Output): FrameEncoder =>
    new FrameEncoder(output, side === "client" ? new SeededRandom(11) : undefined);

  test("V-34 hold exactly the bytes that were given, and nothing of the memory they are written in", () => {
    for (const length of lengths) {
      const payload = new Uint8Array(length).fill(0x11);
      const output = new CanaryOutput();
      expect(encoder(output).encode(Opcode.binary, payload)).toBe(length);
      const events = readStream(output.sent, { role: peer, ...rules });
      expect(events, `${length} bytes`).toEqual([length === 0 ? "binary" : `binary ${"11".repeat(length)}`]);
      expect(output.sent).toHaveLength(headerBytes(length, side === "client") + length);
    }
  });

  test("V-34 hold exactly the text that was given, however many bytes its characters take", () => {
    for (const text of ["", "hello", "é".repeat(62), "é".repeat(63), "€".repeat(42), "🜁".repeat(16_384), "\0\ufeff"]) {
      const output = new CanaryOutput();
      expect(encoder(output).encode(Opcode.text, text)).toBe(utf8(text).length);
      expect(readStream(output.sent, { role: peer, ...rules })).toEqual([`text ${JSON.stringify(text)}`]);
    }
  });

  test("P-55 hold U+FFFD for a lone surrogate", () => {
    const output = new CanaryOutput();
    expect(encoder(output).encode(Opcode.text, "a\ud800b\udfff")).toBe(8);
    expect(readStream(output.sent, { role: peer, ...rules })).toEqual(['text "a\ufffdb\ufffd"']);
  });

  test("P-42 leave the payload they were made of as it was", () => {
    const payload = new SeededRandom(3).bytes(1_000);
    const kept = payload.slice();
    encoder(new CanaryOutput()).encode(Opcode.binary, payload);
    expect(payload).toEqual(kept);
  });

  test("V-34 a view is sent as its own bytes, not as its buffer's", () => {
    const secret = new Uint8Array(100).fill(0x5e);
    const output = new CanaryOutput();
    encoder(output).encode(Opcode.binary, secret.fill(0x22, 40, 50).subarray(40, 50));
    expect(readStream(output.sent, { role: peer, ...rules })).toEqual([`binary ${"22".repeat(10)}`]);
  });

  test.each([1, 10, 57, 300])("V-34 of a part of what was given hold that part only: %i bytes", (length) => {
    const output = new CanaryOutput();
    const around = new Uint8Array(length + 9).fill(0x5e).fill(0x22, 4, 4 + length);
    encoder(output).encodeBytes(Opcode.binary, around, 4, 4 + length);
    expect(readStream(output.sent, { role: peer, ...rules })).toEqual([`binary ${"22".repeat(length)}`]);
    expect(around.filter((byte) => byte === 0x22)).toHaveLength(length);
  });
});

describe("masking keys", () => {
  /** The keys of `count` empty frames. */
  function keysOf(count: number, random = systemRandom): Uint32Array {
    const output = new CanaryOutput();
    const encoder = new FrameEncoder(output, random);
    const keys = new Uint32Array(count);
    for (let index = 0; index < count; index++) {
      encoder.encode(Opcode.pong, new Uint8Array());
      keys[index] = new DataView(output.sent.buffer, output.sent.byteOffset + 2).getUint32(0);
    }
    return keys;
  }

  test("P-40 an empty frame carries one, drawn like any other", () => {
    const keys = keysOf(50);
    expect(new Set(keys).size).toBeGreaterThanOrEqual(49);
    expect(keys).not.toContain(0);
  });

  test("P-41 V-51 each frame's is drawn anew from the random port: four bytes, and no other use of it", () => {
    const drawn: number[] = [];
    const random = new SeededRandom(41);
    const port = {
      fill: (bytes: Uint8Array): void => {
        random.fill(bytes);
        expect(bytes).toHaveLength(4);
        drawn.push(new DataView(bytes.buffer, bytes.byteOffset).getUint32(0));
      },
      fraction: (): number => {
        throw new Error("A fraction is no secret.");
      },
    };
    const weak = vi.spyOn(Math, "random");
    expect([...keysOf(100, port)]).toEqual(drawn);
    expect(drawn).toHaveLength(100);
    expect(weak).not.toHaveBeenCalled();
    weak.mockRestore();
  });

  test("P-41 100,000 keys look like noise: hardly any twice, every bit and byte equally often, none like the one before", () => {
    const keys = keysOf(100_000);
    // Among 10^5 draws of 32 bits, 1.2 repeated ones are expected; 15 or more happen once in 10^11 runs.
    expect(keys.length - new Set(keys).size).toBeLessThan(15);
    const bits = new Uint32Array(32);
    const bytes = [0, 1, 2, 3].map(() => new Uint32Array(256));
    let equalBits = 0;
    for (const [index, key] of keys.entries()) {
      for (let bit = 0; bit < 32; bit++) bits[bit] = (bits[bit] as number) + ((key >>> bit) & 1);
      for (const [place, counts] of bytes.entries()) {
        const byte = (key >>> (24 - 8 * place)) & 0xff;
        counts[byte] = (counts[byte] as number) + 1;
      }
      if (index > 0) equalBits += 32 - countBits((keys[index - 1] as number) ^ key);
    }
    // Seven standard deviations of sqrt(10^5 / 4) each side.
    for (const count of bits) expect(Math.abs(count - 50_000)).toBeLessThan(7 * 158.2);
    // Chi squared with 255 degrees of freedom has mean 255 and deviation 22.6.
    for (const counts of bytes) {
      const expected = keys.length / 256;
      expect(counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)).toBeLessThan(255 + 8 * 22.6);
    }
    expect(Math.abs(equalBits / (keys.length - 1) - 16)).toBeLessThan(7 * Math.sqrt(8 / keys.length));
  });
});

test("V-34 a prebuilt message frame is what the encoder writes, in memory of its own", () => {
  for (const data of ["", "hello", "é".repeat(100), new Uint8Array(0), new Uint8Array(70_000).fill(7)]) {
    const output = new CanaryOutput();
    new FrameEncoder(output, undefined).encode(typeof data === "string" ? Opcode.text : Opcode.binary, data);
    const frame = encodeMessageFrame(data);
    expect(Buffer.compare(frame, output.sent)).toBe(0);
    expect(frame.byteLength).toBe(output.sent.length);
  }
  const source = new Uint8Array(3).fill(1);
  const frame = encodeMessageFrame(source);
  source.fill(9);
  expect([...frame.subarray(2)]).toEqual([1, 1, 1]);
});

function countBits(word: number): number {
  let count = 0;
  for (let rest = word >>> 0; rest !== 0; rest >>>= 1) count += rest & 1;
  return count;
}
