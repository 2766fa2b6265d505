import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BodyReader, joinPackets } from "../../../../src/transports/http/body.ts";

const packets = fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 12 });

function readAll(chunks: readonly Uint8Array[]): { read: number[][]; state: string } {
  const read: number[][] = [];
  const reader = new BodyReader((packet) => read.push([...packet]) > 0);
  let state = "more";
  for (const chunk of chunks) state = reader.read(chunk);
  return { read, state };
}

describe("bodies", () => {
  test("V-17 what was joined is read at any chunking, packet by packet", () => {
    fc.assert(
      fc.property(packets, fc.array(fc.nat(600)), (all, cuts) => {
        const body = joinPackets(all);
        const at = [...new Set(cuts.map((cut) => Math.min(cut, body.length)))].toSorted((a, b) => a - b);
        const chunks = [0, ...at].map((start, index) => body.slice(start, at[index] ?? body.length));
        expect(readAll(chunks).read).toEqual(all.map((packet) => [...packet]));
      }),
      { numRuns: 300 },
    );
  });

  test("a packet of the greatest length comes byte by byte", () => {
    const packet = new Uint8Array(16 * 1024 + 64).fill(2).fill(1, 0, 64);
    const body = joinPackets([packet]);
    const { read } = readAll(Array.from(body, (byte) => Uint8Array.of(byte)));
    expect(read).toEqual([[...packet]]);
  });

  test("a packet cut short at the end does not count, those before it do", () => {
    const body = joinPackets([Uint8Array.of(1, 2), Uint8Array.of(3, 4, 5)]);
    expect(readAll([body.subarray(0, body.length - 1)])).toEqual({ read: [[1, 2]], state: "more" });
  });

  test.each([
    ["of no bytes", [0]],
    ["in a longer form than needed", [0x82, 0x00, 1, 2]],
    ["beyond what a packet may have", [0xff, 0xff, 0x01]],
    ["that does not end", [0x80, 0x80, 0x80, 0x80]],
  ])("V-21 a length %s is no body, in one chunk or byte by byte", (_, bytes) => {
    expect(readAll([Uint8Array.from(bytes)]).state).toBe("malformed");
    expect(readAll(bytes.map((byte) => Uint8Array.of(byte))).state).toBe("malformed");
  });

  test("whoever wants no more gets no more", () => {
    let count = 0;
    const reader = new BodyReader(() => ++count < 2);
    const body = joinPackets([1, 2, 3].map((byte) => Uint8Array.of(byte)));
    expect([reader.read(body), reader.read(body), count, reader.packetCount]).toEqual(["stopped", "stopped", 2, 2]);
  });
});
