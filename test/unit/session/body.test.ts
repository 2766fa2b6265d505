import { expect, test } from "vitest";
import { Body } from "../../../src/session/body.ts";
import { hex } from "../../support/byte-builder.ts";

test("P-116 a body hands its packets on with itself, whose count nobody else has", () => {
  const read: [Uint8Array, Body][] = [];
  const [first, second] = [0, 1].map(() => new Body((bytes, body) => read.push([bytes, body]) < 2)) as [Body, Body];
  first.next = 8;
  expect([first.receive(hex("00")), second.receive(hex("01"))]).toEqual([true, false]);
  expect(read).toEqual([
    [hex("00"), first],
    [hex("01"), second],
  ]);
  expect([first.next, second.next]).toEqual([8, Infinity]);
});
