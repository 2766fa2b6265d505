import { describe, expect, test } from "vitest";
import { joinPack, MOST_IN_PACK, PACK_BYTES, packetsOf, readPack } from "../../../src/session/pack.ts";
import { sizedBytes } from "../../../src/base/cursor.ts";
import { MAX_PACKET_BYTES } from "../../../src/base/session.ts";
import { hex } from "../../support/byte-builder.ts";

const packetOf = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);

function join(packets: readonly Uint8Array[]): Uint8Array {
  const bytes = packets.reduce((sum, packet) => sum + sizedBytes(packet), 0);
  return joinPack({ get: (number) => packets[number - 7] }, 7, 7 + packets.length, bytes);
}

test("a pack is its type, and each packet with its length before it", () => {
  expect(join([hex("00 10"), hex("01 05"), hex("02 81 01")])).toEqual(hex("0f 02 00 10 02 01 05 03 02 81 01"));
  expect(join([packetOf(128, 9), hex("01 05")]).subarray(0, 4)).toEqual(hex("0f 80 01 09"));
});

test("P-116 what is joined is found again, at every length that joins", () => {
  for (const length of [1, 47, 48, 49, 127, 128, 129, MOST_IN_PACK]) {
    const packets = [packetOf(length, 1), packetOf(1, 2), packetOf(length, 3)];
    expect(packetsOf(join(packets))).toEqual(packets);
  }
});

test("a message that is no pack is one packet", () => {
  expect(packetsOf(hex("01 05"))).toEqual([hex("01 05")]);
});

test("V-21 the largest pack that is made is one that is taken", () => {
  const packets: Uint8Array[] = [];
  for (let bytes = 0; bytes < PACK_BYTES; bytes += sizedBytes(packetOf(3, 0))) packets.push(packetOf(3, 0));
  packets.push(packetOf(MOST_IN_PACK, 1));
  const pack = join(packets);
  expect(pack.length).toBeLessThan(MAX_PACKET_BYTES);
  expect(packetsOf(pack)).toHaveLength(packets.length);
});

describe("V-21 what is no pack", () => {
  test.each([
    ["has no packet", "0f"],
    ["has an empty packet", "0f 00"],
    ["has an empty packet behind a good one", "0f 02 01 05 00"],
    ["ends in a length", "0f 02 01 05 81"],
    ["ends in a packet", "0f 02 01 05 03 01"],
    ["has a length that is not minimal", "0f 81 00 01"],
    ["has a length of three bytes", "0f 81 80 01 01"],
  ])("%s", (_what, digits) => {
    expect(packetsOf(hex(digits))).toBeUndefined();
  });

  test("is longer than a packet may be, whatever it holds", () => {
    const packet = packetOf(1_000, 1);
    const packets = Array.from({ length: 17 }, () => packet);
    expect(join(packets).length).toBeGreaterThan(MAX_PACKET_BYTES);
    expect(packetsOf(join(packets))).toBeUndefined();
    expect(packetsOf(join(packets.slice(1)))).toHaveLength(16);
  });
});

test("whoever reads a pack may have enough of it", () => {
  const taken: number[] = [];
  const isPack = readPack(join([packetOf(1, 0), packetOf(2, 0), packetOf(3, 0)]), (start, end) => {
    taken.push(end - start);
    return taken.length < 2;
  });
  expect([isPack, taken]).toEqual([true, [1, 2]]);
});
