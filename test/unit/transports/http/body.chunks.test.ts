// A body however the network cuts it.
import { describe, expect, test } from "vitest";
import { BodyReader } from "../../../../src/transports/http/body.ts";
import { concat, hex, toHex } from "../../../support/byte-builder.ts";

const packets = [hex("01 02"), hex("03"), new Uint8Array(300).fill(7), hex("ff")];
const body = concat([
  hex("02"),
  hex("01 02"),
  hex("01"),
  hex("03"),
  hex("ac 02"),
  packets[2] as Uint8Array,
  hex("01 ff"),
]);

function readAll(chunks: readonly Uint8Array[]): { read: string[]; states: Set<string>; kept: number } {
  const read: string[] = [];
  const reader = new BodyReader((packet) => read.push(toHex(packet)) > 0);
  const states = new Set(chunks.map((chunk) => reader.read(chunk)));
  return { read, states, kept: reader.retainedBytes };
}

describe("BodyReader", () => {
  test("V-17 the same packets come out wherever the body is cut in two, and byte by byte", () => {
    const expected = { read: packets.map(toHex), states: new Set(["more"]), kept: 0 };
    for (let cut = 0; cut <= body.length; cut++) {
      expect(readAll([body.slice(0, cut), body.slice(cut)]), `cut at ${cut}`).toEqual(expected);
    }
    expect(readAll(Array.from(body, (byte) => Uint8Array.of(byte)))).toEqual(expected);
  });

  test("P-116 a last packet that was cut off is as if it had never been sent, and the rest counts", () => {
    for (let end = 0; end < body.length; end++) {
      const { read, states } = readAll([body.subarray(0, end)]);
      expect(states).toEqual(new Set(["more"]));
      expect(read).toEqual(packets.map(toHex).slice(0, read.length));
    }
  });

  test("V-21 a packet of the limit is read, one byte more is no body, before its bytes have come", () => {
    const head = hex("c0 80 01");
    expect(readAll([head, new Uint8Array(16 * 1024 + 64)]).read).toHaveLength(1);
    expect(readAll([hex("c1 80 01")]).states).toEqual(new Set(["malformed"]));
  });

  test("V-17 what comes byte by byte takes no more than twice its memory", () => {
    const reader = new BodyReader(() => true);
    reader.read(hex("c0 80 01"));
    for (let count = 0; count < 16_000; count++) {
      reader.read(Uint8Array.of(1));
      expect(reader.retainedBytes).toBeLessThanOrEqual(2 * (count + 4));
    }
  });
});
