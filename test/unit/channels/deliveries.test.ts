import { describe, expect, test } from "vitest";
import { Deliveries, Hold } from "../../../src/channels/deliveries.ts";
import type { Message } from "../../../src/channels/incoming.ts";
import { Turns } from "../../../src/channels/turns.ts";
import { utf8 } from "../../support/byte-builder.ts";
import { RecordingOwner } from "../../support/channel-ends.ts";
import { deferred } from "../../support/deferred.ts";
import { settled } from "../../support/fake-clock.ts";

const message = (text: string, isText = true): Message => ({
  data: isText ? text : utf8(text),
  cost: 1,
  claim: undefined,
});
const outcome = { code: 1000, reason: "", wasClean: true, cause: undefined };

const quiet = (): Turns => new Turns({ receiveQuiet() {} });

function start(turns = quiet()): {
  deliveries: Deliveries;
  owner: RecordingOwner;
  consumed: string[];
  released: () => number;
} {
  const consumed: string[] = [];
  let count = 0;
  const deliveries = new Deliveries(
    {
      consume: ({ data }) => consumed.push(typeof data === "string" ? data : Buffer.from(data).toString()),
      releaseIfDone: () => count++,
    },
    turns,
  );
  const owner = new RecordingOwner();
  deliveries.open(owner);
  return { deliveries, owner, consumed, released: () => count };
}

test("messages come at once and are consumed, text as text", () => {
  const { deliveries, owner, consumed } = start();
  deliveries.receive(message("a"));
  deliveries.receive(message("b", false));
  expect(owner.messages).toEqual(["a", utf8("b")]);
  expect(consumed).toEqual(["a", "b"]);
});

test("V-23 a promise holds the next message back, and its message counts until it settles", async () => {
  const { deliveries, owner, consumed } = start();
  const first = deferred();
  owner.answer = () => first.promise;
  deliveries.receive(message("a"));
  deliveries.receive(message("b"));
  expect([owner.log, consumed, deliveries.isHandling, deliveries.isOnStack]).toEqual([["a"], [], true, false]);
  owner.answer = () => undefined;
  first.reject(new Error("whatever"));
  await settled();
  expect([owner.log, consumed, deliveries.isHandling]).toEqual([["a", "b"], ["a", "b"], false]);
});

test("after an event microtasks run before the next one", async () => {
  const { deliveries, owner } = start();
  owner.answer = (data) => {
    queueMicrotask(() => owner.log.push(`after ${data as string}`));
    return "checkpoint";
  };
  deliveries.receive(message("a"));
  deliveries.receive(message("b"));
  deliveries.receiveClosing();
  await settled();
  expect(owner.log).toEqual(["a", "after a", "b", "after b", "closing"]);
});

test("after an event of one channel microtasks run before those of another, and the end waits as well", async () => {
  const turns = quiet();
  const [one, other] = [start(turns), start(turns)];
  const log: string[] = [];
  for (const { owner } of [one, other]) {
    owner.answer = (data) => {
      log.push(data as string);
      queueMicrotask(() => log.push(`after ${data as string}`));
      return "checkpoint";
    };
  }
  one.deliveries.receive(message("a"));
  other.deliveries.receive(message("b"));
  one.deliveries.receive(message("c"));
  other.deliveries.receiveClosed(outcome, 100);
  expect([log, other.owner.log]).toEqual([["a"], []]);
  await settled(6);
  expect(log).toEqual(["a", "after a", "b", "after b", "c", "after c"]);
  expect(other.owner.log).toEqual(["b", "closing", "closed 1000"]);
});

test("that the channel is open is told first, in a turn of its own", async () => {
  const turns = quiet();
  const { deliveries, owner } = start(turns);
  turns.begin();
  turns.end(true);
  deliveries.announce(() => owner.receiveAccepted());
  deliveries.receive(message("a"));
  expect(owner.log).toEqual([]);
  await settled(6);
  expect(owner.log).toEqual(["accepted", "a"]);
});

test("an owner that pauses gets nothing until it resumes, the end included", () => {
  const { deliveries, owner } = start();
  deliveries.hold(Hold.owner);
  deliveries.hold(Hold.output);
  deliveries.receive(message("a"));
  deliveries.receiveClosed(outcome, 5);
  expect([owner.log, deliveries.concludeBy]).toEqual([[], Infinity]);
  deliveries.release(Hold.owner);
  expect(owner.log).toEqual(["a", "closing", "closed 1000"]);
});

test("pausing in a handler holds the next message, sending in it does not nest", () => {
  const { deliveries, owner } = start();
  owner.answer = (data) => {
    if (data === "a") deliveries.receive(message("b"));
    else deliveries.hold(Hold.owner);
    owner.log.push(`end of ${data as string}`);
    return undefined;
  };
  deliveries.receive(message("a"));
  deliveries.receive(message("c"));
  expect(owner.log).toEqual(["a", "end of a", "b", "end of b"]);
});

describe("I-15 the end", () => {
  test("I-15 comes once, after what waits, and nothing comes after it", async () => {
    const { deliveries, owner, released } = start();
    const first = deferred();
    owner.answer = () => first.promise;
    deliveries.receive(message("a"));
    deliveries.receive(message("b"));
    deliveries.receiveClosing();
    deliveries.receiveClosed(outcome, 100);
    deliveries.receiveClosed({ ...outcome, code: 1006 }, 100);
    expect([owner.log, deliveries.concludeBy, released()]).toEqual([["a"], 100, 0]);
    deliveries.renew(200);
    expect(deliveries.concludeBy).toBe(200);
    first.resolve();
    await settled();
    expect(owner.log).toEqual(["a", "b", "closing", "closed 1000"]);
    expect([deliveries.isOver, deliveries.concludeBy, released()]).toEqual([true, Infinity, 1]);
    deliveries.receiveClosed(outcome, 5);
    deliveries.conclude();
    expect([owner.log.length, released()]).toEqual([4, 1]);
  });

  test("I-15 does not wait for a handler that has the last message already", () => {
    const { deliveries, owner, consumed } = start();
    owner.answer = () => new Promise(() => {});
    deliveries.receive(message("a"));
    deliveries.receiveClosed(outcome, 100);
    expect(owner.log).toEqual(["a", "closing", "closed 1000"]);
    expect(consumed).toEqual(["a"]);
  });

  test("I-15 comes at its deadline whatever waits, and what waited counts no more", () => {
    const { deliveries, owner, consumed } = start();
    owner.answer = () => new Promise(() => {});
    deliveries.receive(message("a"));
    deliveries.receive(message("b"));
    deliveries.receiveClosed(outcome, 100);
    deliveries.conclude();
    expect(owner.log).toEqual(["a", "closing", "closed 1000"]);
    expect(consumed).toEqual(["b", "a"]);
  });
});
