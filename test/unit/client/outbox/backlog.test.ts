import { describe, expect, test } from "vitest";
import { Backlog } from "../../../../src/client/outbox/backlog.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const words = (backlog: Backlog): string =>
  backlog.unsaved.map(({ bytes: content }) => new TextDecoder().decode(content)).join("");

/** One with these messages, none of them numbered or stored. */
function holding(text: string): Backlog {
  const backlog = new Backlog();
  backlog.load([], 1);
  for (const letter of text) backlog.add(bytes(letter), true);
  return backlog;
}

describe("what an outbox keeps", () => {
  test("I-03 numbers are given in order, without holes, and no further than there is room", () => {
    const backlog = holding("abcd");
    backlog.enumerate(0, 200);
    expect(backlog.numbered.map(({ number }) => number)).toEqual([1, 2]);
    backlog.enumerate(1, 200);
    expect([backlog.first, backlog.next, backlog.find(3)?.bytes]).toEqual([1, 4, bytes("c")]);
    backlog.enumerate(1, 200);
    expect(backlog.next).toBe(4);
    backlog.enumerate(3, 0);
    expect([backlog.next, backlog.find(4)]).toEqual([4, undefined]);
  });

  test("what is done with goes, and the store is told; what was never stored is not", () => {
    const backlog = holding("ab");
    backlog.enumerate(0, 1_000);
    backlog.takeChanges();
    backlog.confirm();
    backlog.add(bytes("c"), true);
    backlog.enumerate(2, 1_000);
    backlog.settle(3);
    expect([backlog.count, backlog.bytes, backlog.cost, backlog.first, backlog.next]).toEqual([0, 0, 0, 4, 4]);
    expect(backlog.takeChanges()).toEqual({ appended: [], renumbered: [], removedKeys: [1, 2] });
    expect(backlog.takeChanges().removedKeys).toEqual([]);
  });

  test("to be done with what has no number, or twice, changes nothing", () => {
    const backlog = holding("abc");
    backlog.enumerate(0, 200);
    backlog.settle(1);
    backlog.settle(1);
    backlog.settle(0);
    expect([backlog.count, backlog.first]).toEqual([2, 2]);
    backlog.settle(1_000);
    expect([backlog.count, words(backlog)]).toEqual([1, "c"]);
  });

  test("each change is given to the store once, with what it was then", () => {
    const backlog = holding("ab");
    const { appended } = backlog.takeChanges();
    expect(appended.map(({ key, number }) => [key, number])).toEqual([
      [1, 0],
      [2, 0],
    ]);
    backlog.enumerate(0, 1_000);
    expect(appended[0]?.number).toBe(0);
    expect(backlog.find(1)).toMatchObject({ written: 0, stored: undefined });
    backlog.confirm();
    expect(backlog.find(1)).toMatchObject({ stored: 0 });
    expect(backlog.takeChanges().renumbered.map(({ key, number }) => [key, number])).toEqual([
      [1, 1],
      [2, 2],
    ]);
    backlog.confirm();
    expect(backlog.find(2)).toMatchObject({ number: 2, stored: 2 });
  });

  test("what the store had comes before what was added while it was read", () => {
    const backlog = new Backlog();
    backlog.add(bytes("c"), true);
    const old = { bytes: bytes("a"), isText: true };
    backlog.load(
      [
        { ...old, key: 7, number: 4 },
        { ...old, key: 9, number: 0 },
      ],
      5,
    );
    backlog.enumerate(3, 1_000);
    expect([backlog.first, backlog.next, backlog.find(6)?.bytes, backlog.find(6)?.key]).toEqual([4, 7, bytes("c"), 10]);
    expect([backlog.bytes, words(backlog)]).toEqual([3, "c"]);
  });

  test("I-02 the oldest that goes is never one that may have been sent", () => {
    const backlog = holding("abc");
    backlog.enumerate(0, 1);
    expect([backlog.dropOldest()?.bytes, backlog.dropOldest()?.bytes, backlog.dropOldest()]).toEqual([
      bytes("b"),
      bytes("c"),
      undefined,
    ]);
    expect(backlog.count).toBe(1);
  });

  test("the largest of those that were sent goes, and what is behind it gets other numbers", () => {
    const backlog = holding("ab");
    backlog.add(bytes("long"), true);
    backlog.add(bytes("d"), true);
    backlog.add(bytes("longer, not sent"), true);
    backlog.enumerate(0, 10_000);
    backlog.takeChanges();
    backlog.confirm();
    expect(backlog.dropLargest(4)?.bytes).toEqual(bytes("long"));
    expect([backlog.next, backlog.numbered.length]).toEqual([3, 2]);
    backlog.enumerate(2, 10_000);
    const { renumbered, removedKeys } = backlog.takeChanges();
    expect([renumbered.map(({ key, number }) => [key, number]), removedKeys]).toEqual([
      [
        [4, 3],
        [5, 4],
      ],
      [3],
    ]);
    expect(backlog.dropLargest(0)).toBeUndefined();
  });

  test("cleared, it knows nothing and wants nothing of the store", () => {
    const backlog = holding("ab");
    backlog.takeChanges();
    backlog.enumerate(0, 1_000);
    backlog.settle(1);
    backlog.clear();
    expect([backlog.count, backlog.cost, backlog.takeChanges()]).toEqual([
      0,
      0,
      { appended: [], renumbered: [], removedKeys: [] },
    ]);
  });
});
