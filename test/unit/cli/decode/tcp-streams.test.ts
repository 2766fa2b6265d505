import { describe, expect, test } from "vitest";
import { readSegment } from "../../../../src/cli/decode/segments.ts";
import { mostDirectionBytes, StreamTable, type TcpStream } from "../../../../src/cli/decode/tcp-streams.ts";
import { conversation, ipPacket, type SegmentFields } from "../../../support/capture-builder.ts";

function assemble(packets: readonly Uint8Array[]): TcpStream[] {
  const table = new StreamTable();
  for (const [index, bytes] of packets.entries()) {
    const segment = readSegment({ at: index, linkType: 101, bytes, isCut: false });
    if (segment !== undefined) table.add(segment);
  }
  return table.finish();
}

const textOf = ({ pieces }: TcpStream["opener"]): string => Buffer.concat(pieces.map(({ bytes }) => bytes)).toString();
const segment = (sequence: number, payload: string, flags: SegmentFields["flags"] = ""): Buffer =>
  ipPacket({ sequence, payload, flags });

describe("StreamTable", () => {
  test("puts both directions together, across the point where numbers begin again", () => {
    const [stream, ...others] = assemble(
      conversation([
        ["client", "hello "],
        ["server", "and hello, over the edge, "],
        ["client", "world"],
        ["server", "to you"],
      ]),
    );
    expect(others).toEqual([]);
    expect(stream?.opener).toMatchObject({ from: "127.0.0.1:50000", sawBegin: true, end: "ended", hole: undefined });
    expect([textOf(stream?.opener as never), textOf(stream?.other as never)]).toEqual([
      "hello world",
      "and hello, over the edge, to you",
    ]);
  });

  test("what came out of order waits, and takes the time at which it was due", () => {
    const [stream] = assemble([
      segment(0, "", "S"),
      segment(3, "c"),
      segment(2, "b"),
      segment(1, "a"),
      segment(4, "d"),
    ]);
    expect(textOf(stream?.opener as never)).toBe("abcd");
    expect(stream?.opener).toMatchObject({ reorders: 2, repeats: 0, hole: undefined });
  });

  test("many gaps are filled one by one, from behind as well", () => {
    const numbers = Array.from({ length: 200 }, (_, index) => 1 + index);
    const even = numbers.filter((number) => number % 2 === 0).toReversed();
    const odd = numbers.filter((number) => number % 2 === 1);
    const letter = (number: number): string => String.fromCodePoint(97 + (number % 26));
    const [stream] = assemble([
      segment(0, "", "S"),
      ...[...even, ...odd].map((number) => segment(number, letter(number))),
    ]);
    expect(textOf(stream?.opener as never)).toBe(numbers.map(letter).join(""));
    expect(stream?.opener).toMatchObject({ reorders: 100, repeats: 0, hole: undefined });
  });

  test("of what is still missing the nearest gap is told", () => {
    const [stream] = assemble([segment(0, "", "S"), segment(30, "z"), segment(10, "y"), segment(20, "x")]);
    expect(stream?.opener).toMatchObject({ bytes: 0, hole: 9 });
  });

  test("what was sent again counts once, also when it is longer the second time", () => {
    const [stream] = assemble([
      segment(1, "ab"),
      segment(1, "ab"),
      segment(1, "abcd"),
      segment(3, "cd"),
      segment(5, "e"),
    ]);
    expect(textOf(stream?.opener as never)).toBe("abcde");
    expect(stream?.opener.repeats).toBe(3);
  });

  test("what the capture lacks is a hole, and nothing behind it is believed", () => {
    const [stream] = assemble([segment(1, "ab"), segment(13, "xyz")]);
    expect(textOf(stream?.opener as never)).toBe("ab");
    expect(stream?.opener.hole).toBe(10);
    const [cut] = assemble([ipPacket({ sequence: 1, payload: "abcd" }).subarray(0, -2), segment(5, "e")]);
    expect([textOf(cut?.opener as never), cut?.opener.hole]).toEqual(["ab", 2]);
  });

  test("the same ports twice are two connections", () => {
    const streams = assemble([
      ...conversation([["client", "first"]]),
      segment(90_000, "", "S"),
      segment(90_001, "second"),
    ]);
    expect(streams.map(({ opener }) => textOf(opener))).toEqual(["first", "second"]);
  });

  test("a SYN that is sent again begins nothing new, and a reset is told", () => {
    const [stream, ...others] = assemble([
      segment(1, "", "S"),
      segment(1, "", "S"),
      segment(2, "a"),
      segment(3, "", "R"),
    ]);
    expect([others, textOf(stream?.opener as never), stream?.opener.end]).toEqual([[], "a", "reset"]);
  });

  test("bounded: thousands of segments that wait for one that never comes", () => {
    const packets = Array.from({ length: 3_000 }, (_, index) => segment(10 + 2 * index, "x"));
    const [stream] = assemble([segment(1, "a"), ...packets]);
    expect([textOf(stream?.opener as never), stream?.opener.hole]).toEqual(["a", 8]);
  });

  test("bounded: what one direction has beyond 64 MiB is left out and counted, and is no hole", () => {
    const payload = Buffer.alloc(60_000);
    const most = Math.ceil(mostDirectionBytes / payload.length);
    const table = new StreamTable();
    const whole = { from: "a:1", to: "b:2", isSyn: false, isEnd: false, isReset: false, payload, missing: 0 };
    for (let index = 0; index < most + 2; index++) table.add({ ...whole, at: index, sequence: index * payload.length });
    const [stream] = table.finish();
    expect(stream?.opener).toMatchObject({ bytes: most * payload.length, leftOut: 2 * payload.length });
    expect(stream?.opener).toMatchObject({ hole: undefined, reorders: 0 });
  });
});
