// T8: the packets of the session against bytes that nobody meant. Allowed outcomes: a packet that is written and read again
// to the same, "unknown", or a violation. Never a throw, never a property on a prototype (Object.prototype is frozen here).
import { describe, expect, test } from "vitest";
import { varintBytes, writeVarint } from "../../src/base/cursor.ts";
import { MAX_PACKET_BYTES } from "../../src/base/session.ts";
import { PacketType } from "../../src/session/packet.ts";
import { decodePacket, isViolation } from "../../src/session/packet-decoder.ts";
import { type ControlPacket, encodePacket } from "../../src/session/packet-encoder.ts";
import { BodyReader } from "../../src/transports/http/body.ts";
import { concat, toHex } from "../support/byte-builder.ts";
import { arbitraryPacket } from "../support/sample-packets.ts";
import { caseCount, runSeeds, SeededRandom } from "../support/seeded-random.ts";

/** Bytes that are nearly a packet: one of each kind of damage, or none. */
function nearlyPacket(random: SeededRandom): Uint8Array {
  const wire = encodePacket(arbitraryPacket(random));
  const at = random.between(0, Math.min(wire.length - 1, 40));
  switch (random.between(0, 5)) {
    case 0:
      return wire.subarray(0, at);
    case 1:
      wire[at] = random.between(0, 255);
      return wire;
    case 2:
      wire[at] = (wire[at] as number) ^ 0x80;
      return wire;
    case 3:
      return concat([wire.subarray(0, at), random.bytes(random.between(1, 9)), wire.subarray(at)]);
    case 4:
      return random.bytes(random.between(0, 40));
    default:
      return wire;
  }
}

/** What stands before a packet of `length` bytes in a body. */
function frameHead(length: number): Uint8Array {
  const head = new Uint8Array(varintBytes(length));
  writeVarint(head, 0, length);
  return head;
}

describe.each(runSeeds("packets"))("T8 $name", ({ seed }) => {
  test("T8 V-21 the decoder answers whatever comes, and what it took it means", () => {
    const random = new SeededRandom(seed);
    let packets = 0;
    for (let round = 0; round < caseCount(10_000); round++) {
      const wire = nearlyPacket(random);
      const before = toHex(wire.subarray(0, 32));
      const answer = decodePacket(wire);
      if (toHex(wire.subarray(0, 32)) !== before) expect.fail(`the decoder changed ${before}`);
      if (answer === "unknown" || isViolation(answer)) continue;
      packets++;
      if (answer.type === PacketType.data) continue;
      const lawful = encodePacket(answer);
      const again = decodePacket(lawful) as ControlPacket;
      if (Buffer.compare(encodePacket(again), lawful) !== 0) expect(again).toEqual(answer);
    }
    expect(packets).toBeGreaterThan(1_000);
  });

  test("T8 P-116 a body of packets gives the same ones however it is cut, and damage gives a prefix of them or an end", () => {
    const random = new SeededRandom(seed);
    for (let round = 0; round < caseCount(500); round++) {
      const packets = Array.from({ length: random.between(0, 6) }, () => encodePacket(arbitraryPacket(random)));
      const body = concat(packets.flatMap((packet) => [frameHead(packet.length), packet]));
      const whole = body.slice(0, random.chance(0.5) ? body.length : random.between(0, body.length));
      const read: string[] = [];
      const reader = new BodyReader((packet) => read.push(toHex(packet)) > 0);
      for (let at = 0; at < whole.length;) {
        const end = Math.min(whole.length, at + random.between(1, 3_000));
        expect(reader.read(whole.slice(at, end))).toBe("more");
        at = end;
      }
      expect(read).toEqual(packets.map(toHex).slice(0, read.length));
      if (whole.length === body.length) expect(read).toHaveLength(packets.length);
      expect(reader.retainedBytes).toBeLessThanOrEqual(2 * MAX_PACKET_BYTES + 6_000);
    }
  });

  test("T8 arbitrary bytes as a body are read or refused, with bounded memory", () => {
    const random = new SeededRandom(seed);
    for (let round = 0; round < caseCount(2_000); round++) {
      const reader = new BodyReader(() => true);
      for (let chunk = 0; chunk < 20; chunk++) {
        if (reader.read(random.bytes(random.between(0, 60))) !== "more") break;
        expect(reader.retainedBytes).toBeLessThanOrEqual(2 * MAX_PACKET_BYTES + 120);
      }
    }
  });
});
