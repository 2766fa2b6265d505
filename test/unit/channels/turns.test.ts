import { expect, test } from "vitest";
import { Turns } from "../../../src/channels/turns.ts";
import { settled } from "../../support/fake-clock.ts";

test("a turn ends when its microtasks have run; then those who wait go on, in order, until one takes it", async () => {
  const turns = new Turns();
  const log: string[] = [];
  turns.take();
  queueMicrotask(() => log.push("microtask"));
  turns.wait(() => log.push("first"));
  turns.wait(() => {
    log.push("second takes it");
    turns.take();
    queueMicrotask(() => log.push("its microtask"));
  });
  turns.wait(() => log.push("third"));
  expect([turns.isTaken, log]).toEqual([true, []]);
  await settled(6);
  expect(log).toEqual(["microtask", "first", "second takes it", "its microtask", "third"]);
  expect(turns.isTaken).toBe(false);
});
