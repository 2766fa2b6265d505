import { expect, test } from "vitest";
import { Outbox } from "../../../../src/client/outbox/outbox.ts";
import { MemoryDisk, MemoryStore } from "../../../support/memory-store.ts";
import { OutboxWorld } from "../../../support/outbox-world.ts";

test("an outbox says what waits, and lets go when it is closed", async () => {
  const world = new OutboxWorld();
  world.handle = () => new Promise(() => {});
  const { outbox, socket, store } = world.live();
  for (const text of ["1", "22"]) socket.send(text);
  await world.pass(1_000);
  expect([outbox.pendingCount, outbox.pendingBytes, store.isOpen]).toEqual([2, 3, true]);
  const closed = outbox.close();
  await world.pass(1_000);
  await closed;
  expect([store.isOpen, socket.readyState]).toEqual([false, 3]);
});

test("one that was never used is closed at once", async () => {
  await expect(new Outbox(new MemoryStore(new MemoryDisk()), {}).close()).resolves.toBeUndefined();
});

test.each([
  [{ maxMessages: 0 }],
  [{ maxBytes: Number.NaN }],
  [{ whenFull: "drop" as never }],
  [{ whenUnknown: "ignore" as never }],
])("%j are no options", (options) => {
  const create = (): Outbox => new Outbox(new MemoryStore(new MemoryDisk()), options);
  expect(create).toThrow(expect.objectContaining({ code: "LW_OUTBOX_OPTIONS" }));
});
