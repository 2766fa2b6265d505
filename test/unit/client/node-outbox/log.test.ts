import { crc32 as zlibCrc32 } from "node:zlib";
import { describe, expect, test } from "vitest";
import { crc32, decodeLog, encodeFrame, LOG_HEADER, type LogContent } from "../../../../src/client/node-outbox/log.ts";
import type { StoreChanges, StoredMessage } from "../../../../src/client/outbox/store.ts";
import { SeededRandom } from "../../../support/seeded-random.ts";

const state = { id: new Uint8Array(16).fill(7), window: new Uint8Array(8).fill(9), next: 300 };
const message = (key: number, number: number, text: string, isText = true): StoredMessage => ({
  key,
  number,
  bytes: new TextEncoder().encode(text),
  isText,
});
const changes = (some: Partial<StoreChanges>): StoreChanges => ({
  state,
  appended: [],
  renumbered: [],
  removedKeys: [],
  ...some,
});
const file = (...writes: readonly Partial<StoreChanges>[]): Buffer =>
  Buffer.concat([LOG_HEADER, ...writes.map((some) => encodeFrame(changes(some)))]);
const read = (bytes: Buffer): LogContent => {
  const content = decodeLog(bytes);
  if (content === "damaged") throw new Error("The file is damaged.");
  return content;
};

const writes: readonly Partial<StoreChanges>[] = [
  { appended: [message(1, 0, "a"), message(2, 0, "", false)] },
  { appended: [message(3, 3, "ç".repeat(200))], renumbered: [message(1, 1, "a"), message(2, 2, "")] },
  { removedKeys: [1] },
];

describe("the file of an outbox", () => {
  test("says what was written, in order", () => {
    const bytes = file(...writes);
    const { state: found, messages, length } = read(bytes);
    expect([found, length]).toEqual([state, bytes.length]);
    expect([...messages.values()]).toEqual([message(2, 2, "", false), message(3, 3, "ç".repeat(200))]);
  });

  test("I-02 cut anywhere it has every write that is there whole, and no part of another", () => {
    const ends = [0, 1, 2, 3].map((count) => file(...writes.slice(0, count)).length);
    const bytes = file(...writes);
    for (let length = 0; length <= bytes.length; length++) {
      const content = read(bytes.subarray(0, length));
      const whole = ends.filter((end) => end <= length).length - 1;
      expect(content.length).toBe(whole < 0 ? 0 : ends[whole]);
      expect([...content.messages.keys()]).toEqual([[], [1, 2], [1, 2, 3], [2, 3]][Math.max(0, whole)]);
    }
  });

  test("I-02 a last write of which only the room, or only some pages, reached the disk is cut off", () => {
    const bytes = file(...writes);
    const before = file(...writes.slice(0, 2)).length;
    const zeros = Buffer.concat([bytes.subarray(0, before), Buffer.alloc(100)]);
    const torn = Buffer.from(bytes);
    torn.fill(0, bytes.length - 2);
    for (const damaged of [zeros, torn]) expect(read(damaged).length).toBe(before);
  });

  test("I-02 damage before the last write is damage, wherever it is", () => {
    const bytes = file(...writes);
    const last = file(...writes.slice(0, 2)).length;
    for (let at = 0; at < last; at++) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] as number) ^ 0x10;
      expect(decodeLog(damaged), String(at)).toBe("damaged");
    }
  });

  test("another file is none, an empty one is new", () => {
    expect(decodeLog(Buffer.from("#!/bin/sh\n"))).toBe("damaged");
    expect(decodeLog(Buffer.from("x"))).toBe("damaged");
    expect(read(Buffer.alloc(0))).toMatchObject({ state: undefined, length: 0 });
    expect(read(Buffer.from("LWOUT"))).toMatchObject({ state: undefined, length: 0 });
  });

  test("whole frames that make no sense are damage", () => {
    const frame = (...content: readonly number[]): Buffer => {
      const head = Buffer.alloc(12);
      head.writeUInt32LE(content.length, 0);
      head.writeUInt32LE(crc32(Uint8Array.from(content)), 4);
      head.writeUInt32LE(crc32(head.subarray(0, 8)), 8);
      return Buffer.concat([LOG_HEADER, head, Uint8Array.from(content)]);
    };
    for (const content of [[9], [1], [4, 1], [2, 1, 1], Array.from({ length: 30 }, () => 3)]) {
      expect(decodeLog(frame(...content))).toBe("damaged");
    }
    expect(decodeLog(file({ renumbered: [message(5, 1, "")] }))).toBe("damaged");
  });

  test("the checksum is that of zlib", () => {
    const random = new SeededRandom(3);
    for (const length of [0, 1, 2, 255, 4_096]) {
      const bytes = random.bytes(length);
      expect(crc32(bytes)).toBe(zlibCrc32(bytes));
    }
  });
});
