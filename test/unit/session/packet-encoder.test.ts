import { describe, expect, test } from "vitest";
import { PacketType } from "../../../src/session/packet.ts";
import { encodePacket } from "../../../src/session/packet-encoder.ts";
import { decodePacket } from "../../../src/session/packet-decoder.ts";
import { toHex } from "../../support/byte-builder.ts";
import { arbitraryPacket, samplePackets } from "../../support/sample-packets.ts";
import { SeededRandom } from "../../support/seeded-random.ts";

describe("encodePacket", () => {
  test.each(samplePackets)("a packet of type $packet.type has the bytes of the wire", ({ packet, wire }) => {
    expect(toHex(encodePacket(packet))).toBe(toHex(wire));
  });

  test("there is a sample of every type but DATA and PACK, which are not made here", () => {
    const types = new Set<number>([
      PacketType.data,
      PacketType.pack,
      ...samplePackets.map(({ packet }) => packet.type),
    ]);
    expect(types).toEqual(new Set<number>(Object.values(PacketType)));
  });

  test("whatever is encoded is decoded to the same", () => {
    const random = new SeededRandom(15);
    for (let round = 0; round < 2_000; round++) {
      const packet = arbitraryPacket(random);
      expect(decodePacket(encodePacket(packet))).toEqual(packet);
    }
  });
});
