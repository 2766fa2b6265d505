import { describe, expect, it } from "vitest";
import { FrameReader, type SeenFrame } from "../../../../src/server/inspection/frame-reader.ts";
import { rawFrame } from "../../../support/raw-client.ts";

function read(chunks: readonly Uint8Array[], mostBytes = 1_000): SeenFrame[] {
  const frames: SeenFrame[] = [];
  const reader = new FrameReader(mostBytes, (frame) => frames.push(frame));
  for (const chunk of chunks) reader.read(chunk);
  return frames;
}

const textOf = ({ payload }: SeenFrame): string => Buffer.from(payload).toString();

describe("reading frames while looking on", () => {
  const stream = Buffer.concat([
    rawFrame({ opcode: 1, payload: Buffer.from("hello"), mask: true }),
    rawFrame({ opcode: 2, payload: Buffer.alloc(300, 0x61), mask: true }),
    rawFrame({ opcode: 9, payload: Buffer.alloc(0), mask: true }),
    rawFrame({ opcode: 1, payload: Buffer.from("last"), mask: false }),
  ]);

  it("gives the same frames, unmasked, wherever the bytes are cut", () => {
    for (const size of [1, 2, 3, 7, 64, stream.length]) {
      const chunks: Uint8Array[] = [];
      for (let at = 0; at < stream.length; at += size) chunks.push(stream.subarray(at, at + size));
      const frames = read(chunks);
      expect(frames.map(({ header }) => [header.opcode, header.masked, header.length])).toEqual([
        [1, true, 5],
        [2, true, 300],
        [9, true, 0],
        [1, false, 4],
      ]);
      expect(frames.map(textOf)).toEqual(["hello", "a".repeat(300), "", "last"]);
    }
  });

  it("keeps no more of a payload than may be shown, and the frame after it is read all the same", () => {
    const frames = read([stream], 3);
    expect(frames.map(textOf)).toEqual(["hel", "aaa", "", "las"]);
  });

  it("a length that is only announced takes no memory", () => {
    const head = Buffer.from([0x82, 0x7f, 0, 0, 0x10, 0, 0, 0, 0, 0]);
    expect(read([head, Buffer.alloc(10)], 16)).toEqual([]);
  });

  it("what it gives is nobody else's: the chunk may be used again", () => {
    const chunk = rawFrame({ opcode: 1, payload: Buffer.from("mine"), mask: false });
    const frames = read([chunk]);
    chunk.fill(0);
    expect(frames.map(textOf)).toEqual(["mine"]);
  });
});
