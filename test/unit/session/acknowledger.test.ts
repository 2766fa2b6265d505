import { expect, test } from "vitest";
import { Acknowledger } from "../../../src/session/acknowledger.ts";

const pace = { packets: 3, bytes: 100, delayMs: 50 };

test("an ACK is due after so many packets, or so many bytes", () => {
  const acks = new Acknowledger(pace);
  acks.add(1, 0);
  acks.add(1, 0);
  expect([acks.isDue, acks.isOwed]).toEqual([false, true]);
  acks.add(1, 0);
  expect(acks.isDue).toBe(true);
  const large = new Acknowledger(pace);
  large.add(100, 0);
  expect(large.isDue).toBe(true);
});

test("the time runs from the first packet owed", () => {
  const acks = new Acknowledger(pace);
  expect(acks.dueAt).toBe(Infinity);
  acks.add(1, 10);
  acks.add(1, 40);
  expect(acks.dueAt).toBe(60);
});

test("a forced ACK is due at once, with nothing owed, and waits for no clock", () => {
  const acks = new Acknowledger(pace);
  acks.add(1, 10);
  acks.force();
  expect([acks.isDue, acks.isOwed, acks.dueAt]).toEqual([true, true, Infinity]);
  acks.add(1, 20);
  expect(acks.dueAt).toBe(Infinity);
});
