import { describe, expect, test } from "vitest";
import { Inbox } from "../../../src/socket/inbox.ts";

const create = (): Inbox => new Inbox(16, 256 * 1024);

test("messages leave in the order in which they came, text as text and bytes as bytes", () => {
  const inbox = create();
  const bytes = Uint8Array.of(1, 2);
  for (const message of ["first", bytes, "", "last"]) inbox.push(message);
  expect(inbox.isEmpty).toBe(false);
  expect([inbox.shift(), inbox.shift(), inbox.shift(), inbox.shift(), inbox.shift()]).toEqual([
    "first",
    bytes,
    "",
    "last",
    undefined,
  ]);
  expect(inbox.isEmpty).toBe(true);
});

describe("V-23 it is full", () => {
  test("at 16 messages, not at 15", () => {
    const inbox = create();
    for (let count = 1; count <= 16; count++) {
      expect(inbox.full).toBe(false);
      inbox.push("");
    }
    expect(inbox.full).toBe(true);
    inbox.shift();
    expect(inbox.full).toBe(false);
  });

  test("at 256 KiB, each message charged 128 bytes more", () => {
    const inbox = create();
    inbox.push(new Uint8Array(256 * 1024 - 129));
    expect(inbox.full).toBe(false);
    inbox.shift();
    inbox.push(new Uint8Array(256 * 1024 - 128));
    expect(inbox.full).toBe(true);
  });
});

test("its cost is two bytes a character, the bytes of bytes, and 128 for each message", () => {
  const inbox = create();
  expect(inbox.cost).toBe(0);
  inbox.push("abc");
  expect(inbox.cost).toBe(6 + 128);
  inbox.push(new Uint8Array(10));
  expect(inbox.cost).toBe(6 + 10 + 256);
  inbox.shift();
  expect(inbox.cost).toBe(10 + 128);
  inbox.shift();
  inbox.shift();
  expect(inbox.cost).toBe(0);
});

test("clearing forgets messages and their cost", () => {
  const inbox = create();
  inbox.push("a");
  inbox.push("b");
  inbox.clear();
  expect([inbox.isEmpty, inbox.full, inbox.cost, inbox.shift()]).toEqual([true, false, 0, undefined]);
  inbox.push("c");
  expect(inbox.cost).toBe(2 + 128);
});
