import { describe, expect, test } from "vitest";
import { frameHead, FrameReader } from "../../../src/base/framing.ts";
import { bytes, concat, hex, toHex } from "../../support/byte-builder.ts";
import { SeededRandom } from "../../support/seeded-random.ts";

function packetsOf(chunks: readonly Uint8Array[], max = 1_000): { packets: string[]; lawful: boolean; kept: number } {
  const reader = new FrameReader(max);
  const packets: string[] = [];
  const lawful = chunks.every((chunk) =>
    reader.read(chunk, (packet) => {
      packets.push(toHex(packet));
      return true;
    }),
  );
  return { packets, lawful, kept: reader.retainedBytes };
}

const packets = [hex("01 02"), hex(""), new Uint8Array(300).fill(7), hex("ff")];
const body = concat(packets.flatMap((packet) => [frameHead(packet.length), packet]));

test("a packet has its length before it", () => {
  expect(frameHead(2)).toEqual(hex("02"));
  expect(frameHead(300)).toEqual(hex("ac 02"));
});

describe("FrameReader", () => {
  test("the same packets come out wherever the body is cut in two, and byte by byte", () => {
    const expected = { packets: packets.map(toHex), lawful: true, kept: 0 };
    for (let cut = 0; cut <= body.length; cut++) {
      expect(packetsOf([body.slice(0, cut), body.slice(cut)]), `cut at ${cut}`).toEqual(expected);
    }
    expect(packetsOf(Array.from(body, (byte) => Uint8Array.of(byte)))).toEqual(expected);
  });

  test("any cuts at all change nothing", () => {
    const random = new SeededRandom(11);
    for (let round = 0; round < 200; round++) {
      const chunks: Uint8Array[] = [];
      for (let at = 0; at < body.length;) {
        const end = at + random.between(0, 40);
        chunks.push(body.slice(at, end));
        at = Math.min(end, body.length);
      }
      expect(packetsOf(chunks).packets).toEqual(packets.map(toHex));
    }
  });

  test("P-116 a last packet that was cut off is as if it had never been sent, and the rest counts", () => {
    for (let end = 0; end < body.length; end++) {
      const { packets: whole, lawful } = packetsOf([body.subarray(0, end)]);
      expect(lawful).toBe(true);
      expect(whole).toEqual(packets.map(toHex).slice(0, whole.length));
    }
  });

  test("V-21 a packet of the limit is read, one byte more is no body, before its bytes have come", () => {
    expect(packetsOf([bytes(3, "abc")], 3)).toMatchObject({ lawful: true, packets: ["61 62 63"] });
    expect(packetsOf([bytes(4)], 3)).toMatchObject({ lawful: false, packets: [] });
  });

  test("a length in a form that it may not have is no body", () => {
    expect(packetsOf([hex("80 00")]).lawful).toBe(false);
    expect(packetsOf([hex("80 80 80 80 80 80 80 80")]).lawful).toBe(false);
  });

  test("whoever receives can end the reading", () => {
    const reader = new FrameReader(10);
    const seen: string[] = [];
    const lawful = reader.read(hex("01 aa 01 bb 01 cc"), (packet) => seen.push(toHex(packet)) < 2);
    expect([lawful, seen]).toEqual([true, ["aa", "bb"]]);
  });
});
