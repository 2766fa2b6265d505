import { describe, expect, test } from "vitest";
import {
  type ControlEnvelope,
  decodeEnvelope,
  EnvelopeKind,
  encodeEnvelope,
  isSlice,
  sliceHeadBytes,
  writeSliceHead,
} from "../../../src/channels/envelope.ts";
import { bytes, concat, hex, toHex, utf8 } from "../../support/byte-builder.ts";
import { sampleEnvelopes } from "../../support/sample-envelopes.ts";

const malformed = { kind: "malformed", violation: { code: "LW_CHANNEL_ENVELOPE_MALFORMED", closeCode: 4400 } };

test.each(sampleEnvelopes)("$wire is written and read alike", ({ envelope, wire }) => {
  expect(toHex(encodeEnvelope(envelope))).toBe(wire);
  expect(decodeEnvelope(hex(wire))).toEqual(envelope);
});

test.each(sampleEnvelopes)("$wire is written behind the room that is asked for", ({ envelope, wire }) => {
  expect(toHex(encodeEnvelope(envelope, 3))).toBe(`00 00 00 ${wire}`);
  expect(isSlice(encodeEnvelope(envelope)[0] as number)).toBe(false);
});

/** A slice as it stands behind something else, which is left as it was. */
function slice(channel: number, isFinal: boolean, isText: boolean, payload: Uint8Array = bytes()): Uint8Array {
  const envelope = concat([new Uint8Array(2 + sliceHeadBytes(channel)).fill(0xee), payload]);
  expect(writeSliceHead(envelope, 2, channel, isFinal, isText)).toBe(2 + sliceHeadBytes(channel));
  expect([...envelope.subarray(0, 2)]).toEqual([0xee, 0xee]);
  expect(isSlice(envelope[2] as number)).toBe(true);
  return envelope.subarray(2);
}

test("a slice is a head and bytes as they are", () => {
  const written = slice(1, true, true, utf8("hi"));
  expect(toHex(written)).toBe("30 01 68 69");
  expect(decodeEnvelope(written)).toEqual({
    kind: EnvelopeKind.slice,
    channel: 1,
    isFinal: true,
    isText: true,
    bytes: utf8("hi"),
  });
  expect(toHex(slice(300, false, false))).toBe("00 ac 02");
  expect(toHex(slice(127, true, false))).toBe("10 7f");
  expect(toHex(slice(128, true, false))).toBe("10 80 01");
  expect(toHex(slice(1, true, false))).toBe("10 01");
  expect(toHex(slice(1, false, true))).toBe("20 01");
});

test("a decoded slice is a view, nothing is copied", () => {
  const wire = hex("10 01 aa bb");
  const envelope = decodeEnvelope(wire);
  wire[2] = 0xcc;
  expect(envelope).toMatchObject({ bytes: hex("cc bb") });
});

describe("bounds", () => {
  const text = (length: number): Uint8Array =>
    bytes(length >= 128 ? [(length & 127) | 128, length >> 7] : length, "x".repeat(length));
  const cases: readonly [string, Uint8Array, Uint8Array][] = [
    ["a slice of 16 KiB", bytes(0x10, 1, new Uint8Array(16_384)), bytes(0x10, 1, new Uint8Array(16_385))],
    ["an empty slice that ends its message", hex("10 01"), hex("00 01")],
    ["a path of 2 KiB", bytes(2, 1, 0, text(2048), 0, 0), bytes(2, 1, 0, text(2049), 0, 0)],
    ["16 subprotocols", bytes(2, 1, 0, 0, 16, new Uint8Array(16), 0), bytes(2, 1, 0, 0, 17, new Uint8Array(17), 0)],
    ["a subprotocol of 128 bytes", bytes(2, 1, 0, 0, 1, text(128), 0), bytes(2, 1, 0, 0, 1, text(129), 0)],
    ["parameters of 2 KiB", bytes(2, 1, 0, 0, 0, text(2048)), bytes(2, 1, 0, 0, 0, text(2049))],
    ["a chosen subprotocol of 128 bytes", bytes(3, 1, 0, text(128), 0), bytes(3, 1, 0, text(129), 0)],
    ["the server's parameters of 2 KiB", bytes(3, 1, 0, 0, text(2048)), bytes(3, 1, 0, 0, text(2049))],
    ["a status from 400", hex("04 01 90 03 00"), hex("04 01 8f 03 00")],
    ["a status to 599", hex("04 01 d7 04 00"), hex("04 01 d8 04 00")],
    ["a reason of 123 bytes", bytes(5, 1, hex("e8 07"), text(123)), bytes(5, 1, hex("e8 07"), text(124))],
    ["a code that may travel", hex("05 01 e8 07 00"), hex("05 01 ed 07 00")],
    ["no code, no reason", hex("05 01 00 00"), hex("05 01 00 01 78")],
    ["a continuation of 2 KiB", bytes(0x15, 1, 0, 0, text(2048)), bytes(0x15, 1, 0, 0, text(2049))],
    ["a reset from 1000", hex("06 01 e8 07 00"), hex("06 01 e7 07 00")],
    ["a reset to 4999", hex("06 01 87 27 00"), hex("06 01 88 27 00")],
    ["a reason that is UTF-8", hex("06 01 e8 07 02 c3 a9"), hex("06 01 e8 07 02 c3 28")],
    ["a credit in its shortest form", hex("01 01 05"), hex("01 01 85 00")],
  ];

  test.each(cases)("V-16 V-21 V-33 %s is taken, one step more is not", (_name, lawful, unlawful) => {
    expect(decodeEnvelope(lawful)).not.toMatchObject({ kind: "malformed" });
    expect(decodeEnvelope(unlawful)).toMatchObject({ ...malformed, channel: 1 });
  });

  test("V-16 a count of fields that are not there is refused, and allocates nothing", () => {
    for (const count of ["11", "ff ff ff ff ff ff ff 0f", "10", "01"]) {
      expect(decodeEnvelope(hex(`02 01 00 00 ${count}`))).toMatchObject(malformed);
    }
  });

  test("V-33 every envelope cut short is refused, with its channel once that is known", () => {
    for (const { wire } of sampleEnvelopes) {
      const whole = hex(wire);
      for (let length = 0; length < whole.length; length++) {
        expect(decodeEnvelope(whole.subarray(0, length))).toMatchObject(malformed);
      }
    }
    expect(decodeEnvelope(hex(""))).toMatchObject({ channel: undefined });
    expect(decodeEnvelope(hex("01 81 00"))).toMatchObject({ channel: undefined });
    expect(decodeEnvelope(hex("01 09"))).toMatchObject({ channel: 9 });
  });
});

describe("what a later version may add", () => {
  test("fields behind the last known one are ignored", () => {
    for (const { envelope, wire } of sampleEnvelopes) expect(decodeEnvelope(hex(`${wire} 01 02`))).toEqual(envelope);
  });

  test("flags that are not known are ignored", () => {
    expect(decodeEnvelope(hex("f1 01 05"))).toEqual({ kind: EnvelopeKind.credit, channel: 1, credit: 5 });
  });

  test("kinds 9 to 15 are unknown whatever follows, 7 is an error", () => {
    for (let kind = 9; kind < 16; kind++) expect(decodeEnvelope(bytes(0xf0 | kind))).toBe("unknown");
    expect(decodeEnvelope(hex("07 01"))).toMatchObject({
      kind: "malformed",
      channel: 1,
      violation: { code: "LW_CHANNEL_ENVELOPE_UNKNOWN" },
    });
  });
});

test("lone surrogates are written as U+FFFD, not refused by the reader", () => {
  const envelope: ControlEnvelope = { kind: EnvelopeKind.reset, channel: 1, code: 1000, reason: "\ud800" };
  expect(decodeEnvelope(encodeEnvelope(envelope))).toEqual({ ...envelope, reason: "\ufffd" });
});
