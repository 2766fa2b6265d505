import { expect, test } from "vitest";
import { MAX_PACKET_BYTES } from "../../../src/base/session.ts";
import { MAX_OPENING_BYTES, MAX_TOKEN_BYTES, PacketType } from "../../../src/session/packet.ts";

test("types are the numbers of the wire, without holes", () => {
  expect(Object.values(PacketType)).toEqual(Array.from({ length: 16 }, (_, type) => type));
});

test("a token of the largest size fits into the packets that carry one", () => {
  expect(MAX_TOKEN_BYTES).toBeLessThan(MAX_OPENING_BYTES - 200);
  expect(MAX_OPENING_BYTES).toBeLessThan(MAX_PACKET_BYTES);
});
