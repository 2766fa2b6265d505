import { expect, it, vi } from "vitest";
import type { CarrierOwner, Delivery } from "../../../src/base/carrier.ts";
import { PacedOwner } from "../../../src/server/paced-owner.ts";
import { FakeClock, settled } from "../../support/fake-clock.ts";

function paced(delivery?: Delivery) {
  const clock = new FakeClock();
  const owner = {
    receiveMessage: vi.fn<CarrierOwner["receiveMessage"]>(() => delivery),
    receivePing: vi.fn(),
    receivePong: vi.fn(),
    receiveClosing: vi.fn(),
    receiveClosed: vi.fn(),
  };
  const pauses = vi.fn();
  const limits = { messagesPerSecond: 2, messageBurst: 2 };
  return { clock, owner, pauses, subject: new PacedOwner(owner, limits, clock, pauses) };
}

it("messages within the burst pass as they are; the next one is delivered and holds the others back for a second", async () => {
  const { clock, owner, pauses, subject } = paced();
  expect([subject.receiveMessage("a"), subject.receiveMessage("b")]).toEqual([undefined, undefined]);
  const held = subject.receiveMessage("c");
  expect([owner.receiveMessage.mock.calls.length, pauses.mock.calls.length]).toEqual([3, 1]);
  let isOver = false;
  void Promise.resolve(held).then(() => void (isOver = true));
  await clock.advanceAsync(999);
  expect(isOver).toBe(false);
  await clock.advanceAsync(1);
  await settled();
  expect(isOver).toBe(true);
  expect(subject.receiveMessage("d")).toBeUndefined();
});

it("a handler that takes longer holds back longer", async () => {
  let finish = (): void => {};
  const { clock, subject } = paced(new Promise<void>((resolve) => (finish = resolve)));
  for (const words of ["a", "b"]) void subject.receiveMessage(words);
  let isOver = false;
  void Promise.resolve(subject.receiveMessage("c")).then(() => void (isOver = true));
  await clock.advanceAsync(1_000);
  expect(isOver).toBe(false);
  finish();
  await settled();
  expect(isOver).toBe(true);
});

it("everything else is passed on", () => {
  const { owner, subject } = paced();
  const outcome = { code: 1000, reason: "", wasClean: true, cause: undefined };
  subject.receivePing(new Uint8Array(1));
  subject.receivePong(new Uint8Array(2));
  subject.receiveClosing();
  subject.receiveClosed(outcome);
  expect(owner.receivePing).toHaveBeenCalledWith(new Uint8Array(1));
  expect(owner.receivePong).toHaveBeenCalledWith(new Uint8Array(2));
  expect(owner.receiveClosing).toHaveBeenCalledTimes(1);
  expect(owner.receiveClosed).toHaveBeenCalledWith(outcome);
});
