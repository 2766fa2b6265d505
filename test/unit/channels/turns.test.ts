import { expect, test } from "vitest";
import { Turns } from "../../../src/channels/turns.ts";
import { settled } from "../../support/fake-clock.ts";

function start(): { turns: Turns; log: string[]; event: () => void } {
  const log: string[] = [];
  const turns = new Turns({ receiveQuiet: () => void log.push("quiet") });
  const event = (): void => {
    turns.begin();
    turns.end(true);
  };
  return { turns, log, event };
}

test("a turn ends when its microtasks have run; then those who wait go on, in order, until one takes it", async () => {
  const { turns, log, event } = start();
  event();
  queueMicrotask(() => log.push("microtask"));
  turns.wait({ receiveTurn: () => void log.push("first") });
  turns.wait({
    receiveTurn() {
      log.push("second takes it");
      event();
      queueMicrotask(() => log.push("its microtask"));
    },
  });
  turns.wait({ receiveTurn: () => void log.push("third") });
  expect([turns.isTaken, turns.isBusy, turns.hasMore, log]).toEqual([true, true, true, []]);
  await settled(6);
  expect(log).toEqual(["microtask", "first", "second takes it", "its microtask", "third", "quiet"]);
  expect([turns.isTaken, turns.isBusy, turns.hasMore]).toEqual([false, false, false]);
});

test("there is more while an owner is being told something or another waits, not for the microtasks of the last", async () => {
  const { turns, event } = start();
  turns.begin();
  expect(turns.hasMore).toBe(true);
  turns.end(true);
  expect([turns.isBusy, turns.hasMore]).toEqual([true, false]);
  turns.wait({ receiveTurn: event });
  expect(turns.hasMore).toBe(true);
  await settled();
  expect([turns.isBusy, turns.hasMore]).toEqual([false, false]);
});

test("an owner that is told something else within counts as one, and nobody's microtasks are waited for", () => {
  const { turns, log } = start();
  turns.begin();
  turns.begin();
  turns.end(false);
  expect([turns.isTaken, turns.isBusy, log]).toEqual([false, true, []]);
  turns.end(false);
  expect([turns.isBusy, log]).toEqual([false, ["quiet"]]);
});
