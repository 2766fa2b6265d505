import { afterEach, describe, expect, test } from "vitest";
import { platform, replacePlatform } from "../../../src/base/platform.ts";
import { MessageAssembler } from "../../../src/protocol/message-assembler.ts";

const { allocate } = platform;
afterEach(() => replacePlatform({ allocate }));

/** How many times a message took new room, each of which copies what it had, when it comes in frames of `size` bytes. */
function countRooms(total: number, size: number): number {
  let rooms = 0;
  replacePlatform({
    allocate(bytes) {
      rooms++;
      return allocate(bytes);
    },
  });
  const message = new MessageAssembler(false);
  const fragment = new Uint8Array(size);
  for (let at = 0; at < total; at += size) message.append(fragment, 0, size, true, size);
  expect(message.length).toBe(total);
  return rooms;
}

describe("MessageAssembler", () => {
  test("V-01 a message in very many small fragments is copied a handful of times, not once per fragment", () => {
    expect(countRooms(64 * 1024, 1)).toBeLessThan(50);
    expect(countRooms(4 * 1024 * 1024, 64)).toBeLessThan(50);
  });
});
