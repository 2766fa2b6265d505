import { expect, test } from "vitest";
import { settled } from "../../support/fake-clock.ts";
import { MessageReaders } from "../../../src/base/message-reader.ts";

async function isPending(promise: PromiseLike<unknown> | undefined): Promise<boolean> {
  let pending = promise !== undefined;
  void Promise.resolve(promise).then(() => (pending = false));
  await settled();
  return pending;
}

test("the next message is held back until the loop asks for it", async () => {
  const readers = new MessageReaders<string>();
  const reader = readers.open();
  const first = reader.next();
  const hold = readers.offer("a");
  expect(await first).toEqual({ value: "a", done: false });
  expect(await isPending(hold)).toBe(true);
  void reader.next();
  expect(await isPending(hold)).toBe(false);
});

test("a message that comes before the loop waits is kept for it", async () => {
  const readers = new MessageReaders<string>();
  const reader = readers.open();
  const hold = readers.offer("a");
  expect(await isPending(hold)).toBe(true);
  expect(await reader.next()).toEqual({ value: "a", done: false });
});

test("several next() calls are answered in order, and hold nothing back", async () => {
  const readers = new MessageReaders<string>();
  const reader = readers.open();
  const asked = [reader.next(), reader.next()];
  expect(readers.offer("a")).toBeUndefined();
  void readers.offer("b");
  expect((await Promise.all(asked)).map(({ value }) => value)).toEqual(["a", "b"]);
});

test("with two readers the slower one sets the pace", async () => {
  const readers = new MessageReaders<string>();
  const [quick, slow] = [readers.open(), readers.open()];
  void quick.next();
  void slow.next();
  const hold = readers.offer("a");
  void quick.next();
  expect(await isPending(hold)).toBe(true);
  void slow.next();
  expect(await isPending(hold)).toBe(false);
});

test("after the end what was offered is still read, then the loop is done", async () => {
  const readers = new MessageReaders<string>();
  const reader = readers.open();
  const hold = readers.offer("a");
  readers.end(undefined);
  expect(await isPending(hold)).toBe(false);
  const read: string[] = [];
  for await (const item of reader) read.push(item);
  expect(read).toEqual(["a"]);
});

test("a failed socket makes the loop throw its cause, once", async () => {
  const readers = new MessageReaders<string>();
  const reader = readers.open();
  const waiting = reader.next();
  readers.end(new Error("failed"));
  await expect(waiting).rejects.toThrow("failed");
  expect(await reader.next()).toEqual({ value: undefined, done: true });
});

test("leaving the loop lets go of the messages", async () => {
  const readers = new MessageReaders<string>();
  const reader = readers.open();
  const hold = readers.offer("a");
  for await (const item of reader) {
    expect(item).toBe("a");
    break;
  }
  expect(await isPending(hold)).toBe(false);
  expect(readers.size).toBe(0);
  expect(readers.offer("b")).toBeUndefined();
});
