import { expect, test } from "vitest";
import { ARENA_BYTES, giveRoomBack, takeRoom } from "../../../src/protocol/arena.ts";

test("the arena holds what Node reads at a time and the longest unfinished header before it", () => {
  const room = takeRoom();
  expect(ARENA_BYTES).toBe(65_536);
  expect(room.bytes.length).toBeGreaterThanOrEqual(65_536 + 14);
  giveRoomBack(room);
});

test("V-01 all take the same memory, one after the other", () => {
  const first = takeRoom();
  giveRoomBack(first);
  const second = takeRoom();
  expect(second).toBe(first);
  giveRoomBack(second);
});

test("V-36 whoever parses inside another's parsing gets a room of their own", () => {
  const outer = takeRoom();
  const inner = takeRoom();
  expect(inner).not.toBe(outer);
  expect(inner.bytes.buffer).not.toBe(outer.bytes.buffer);
  giveRoomBack(inner);
  expect(takeRoom()).not.toBe(outer);
  giveRoomBack(outer);
  const next = takeRoom();
  expect(next).toBe(outer);
  giveRoomBack(next);
});
