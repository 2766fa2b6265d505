import { expect, test } from "vitest";
import { Departure } from "../../../src/session/departure.ts";
import { PacketType } from "../../../src/session/packet.ts";

const goAway = (flags: number, deadlineMs: number, spreadMs: number) =>
  ({ type: PacketType.goAway, flags, deadlineMs, spreadMs }) as const;

test("nobody is asked to leave before", () => {
  expect(new Departure().packet(0)).toBeUndefined();
});

test("a transport is asked once", () => {
  const departure = new Departure();
  departure.ask(false, 5_000, 1_000, 100);
  expect(departure.packet(100)).toEqual(goAway(0, 5_000, 1_000));
  expect(departure.packet(100)).toBeUndefined();
});

test("a session is asked on every transport, with the time that is left", () => {
  const departure = new Departure();
  departure.ask(true, 5_000, 3_000, 100);
  expect(departure.packet(100)).toEqual(goAway(1, 5_000, 3_000));
  expect(departure.packet(4_000)).toEqual(goAway(1, 1_100, 1_100));
  expect(departure.packet(9_000)).toEqual(goAway(1, 0, 0));
});
