import { describe, expect, test } from "vitest";
import { MAX_PACKET_BYTES } from "../../../src/base/session.ts";
import { MAX_OPENING_BYTES, PacketType } from "../../../src/session/packet.ts";
import { decodePacket, isViolation } from "../../../src/session/packet-decoder.ts";
import { encodePacket } from "../../../src/session/packet-encoder.ts";
import * as violations from "../../../src/session/violations.ts";
import { bytes, concat, hex } from "../../support/byte-builder.ts";
import { samplePackets } from "../../support/sample-packets.ts";

describe("decodePacket", () => {
  test.each(samplePackets)("a packet of type $packet.type is read", ({ packet, wire }) => {
    expect(decodePacket(wire)).toEqual(packet);
  });

  test.each(samplePackets)("V-59 bytes after the last field of type $packet.type are ignored", ({ packet, wire }) => {
    expect(decodePacket(concat([wire, hex("ff 80 00")]))).toEqual(packet);
  });

  test.each(samplePackets)("V-21 a packet of type $packet.type cut off anywhere is malformed", ({ wire }) => {
    for (let end = 1; end < wire.length; end++) {
      expect(decodePacket(wire.subarray(0, end)), `${end} bytes`).toBe(violations.packetMalformed);
    }
  });

  test("DATA is all the rest, as a view", () => {
    const wire = hex("00 30 01 68 69");
    const packet = decodePacket(wire);
    expect(packet).toEqual({ type: PacketType.data, envelope: hex("30 01 68 69") });
    if (typeof packet === "object" && "envelope" in packet) expect(packet.envelope.buffer).toBe(wire.buffer);
    expect(decodePacket(hex("00"))).toEqual({ type: PacketType.data, envelope: hex("") });
  });

  test("V-59 unknown types from 40 to 7F are skipped, all other unknown ones are faults", () => {
    for (let type = 0; type < 256; type++) {
      const answer = decodePacket(bytes(type, 1, 2, 3));
      if (type <= PacketType.bye) continue;
      expect(answer, `type ${type}`).toBe(type >= 0x40 && type <= 0x7f ? "unknown" : violations.packetUnknown);
    }
  });

  test("nothing at all is malformed", () => {
    expect(decodePacket(hex(""))).toBe(violations.packetMalformed);
  });

  test("V-21 a packet of the largest length is read, one byte more is not", () => {
    expect(decodePacket(new Uint8Array(MAX_PACKET_BYTES))).toMatchObject({ type: PacketType.data });
    expect(decodePacket(new Uint8Array(MAX_PACKET_BYTES + 1))).toBe(violations.packetTooLong);
  });

  test("V-21 HELLO, RESUME and AUTH have a lower bound of their own", () => {
    for (const type of [PacketType.hello, PacketType.resume, PacketType.auth]) {
      const sample = samplePackets.find(({ packet }) => packet.type === type)?.wire ?? hex("");
      const padded = new Uint8Array(MAX_OPENING_BYTES + 1);
      padded.set(sample);
      expect(isViolation(decodePacket(padded.subarray(0, MAX_OPENING_BYTES)))).toBe(false);
      expect(decodePacket(padded)).toBe(violations.packetTooLong);
    }
  });

  test.each([
    ["a token", bytes(0x0b, 1, 0x81, 0x40, new Uint8Array(8193))],
    ["a ticket", bytes(0x09, 65, new Uint8Array(65), 1, 1, 1)],
    ["a reason", bytes(0x0e, 0, 124, new Uint8Array(124))],
    ["a name too short", bytes(0x07, 1, 15, new Uint8Array(15), 1, 1, 1, 1, 1, 1, 1, 1, 1)],
    ["a name too long", bytes(0x07, 1, 17, new Uint8Array(17), 1, 1, 1, 1, 1, 1, 1, 1, 1)],
  ])("V-21 %s past its limit is malformed", (_field, wire) => {
    expect(decodePacket(wire)).toBe(violations.packetMalformed);
  });

  test.each([
    ["a varint that is not minimal", hex("01 80 00")],
    ["a reason that is not UTF-8", hex("0e 00 01 ff")],
    ["AT 0", hex("04 00")],
    ["a GREET of somebody else", hex("05 4c 58 01 01")],
    ["a GREET without a version", hex("05 4c 57 02 01")],
  ])("%s is malformed", (_what, wire) => {
    expect(decodePacket(wire)).toBe(violations.packetMalformed);
  });

  test("the limits of a token and a ticket are exact", () => {
    const token = new Uint8Array(8192);
    const ticket = new Uint8Array(64);
    const packet = { type: PacketType.resume, version: 1, ticket, attempt: 1, received: 0, token } as const;
    expect(decodePacket(encodePacket(packet))).toEqual(packet);
  });
});
