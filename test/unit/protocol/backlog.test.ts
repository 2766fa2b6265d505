import { describe, expect, test } from "vitest";
import { Backlog } from "../../../src/protocol/backlog.ts";
import { createRoom } from "../../../src/protocol/mask.ts";
import { bytes, utf8 } from "../../support/byte-builder.ts";

/** Everything that waits, as text; takes it out. */
function takeAll(backlog: Backlog): string {
  let text = "";
  backlog.parse(
    (room, at, end) => {
      text = Buffer.from(room.bytes.subarray(at, end)).toString();
      return end;
    },
    () => "nothing",
  );
  return text;
}

test("bytes wait in the order in which they were sent, whichever side they are added to", () => {
  const backlog = new Backlog();
  backlog.append(utf8("c"));
  backlog.append(utf8("d"));
  backlog.prepend(utf8("ab"));
  expect(takeAll(backlog)).toBe("abcd");
  expect(backlog.isEmpty).toBe(true);
});

test("V-01 what is added is copied: no chunk is kept", () => {
  const backlog = new Backlog();
  const chunk = utf8("abc");
  backlog.append(chunk);
  chunk.fill(0);
  expect(takeAll(backlog)).toBe("abc");
});

test("V-01 what waits is charged as its bytes and an object, and nothing costs nothing", () => {
  const backlog = new Backlog();
  expect([backlog.isEmpty, backlog.cost]).toEqual([true, 0]);
  backlog.append(new Uint8Array(1000));
  expect([backlog.isEmpty, backlog.cost]).toEqual([false, 1000 + 128]);
  backlog.append(new Uint8Array(24));
  expect(backlog.cost).toBe(1024 + 128);
  backlog.clear();
  expect([backlog.isEmpty, backlog.cost]).toEqual([true, 0]);
});

test("an unfinished header moves to the front of a room", () => {
  const backlog = new Backlog();
  const room = createRoom(16);
  room.bytes.fill(0xee);
  expect(backlog.moveInto(room)).toBe(0);
  backlog.append(bytes(0x81, 0xfe));
  expect(backlog.moveInto(room)).toBe(2);
  expect([...room.bytes.subarray(0, 3)]).toEqual([0x81, 0xfe, 0xee]);
  expect(backlog.isEmpty).toBe(true);
});

describe("parsing stops before the end", () => {
  test("in place: the rest stays where it lies, and the next parse begins there", () => {
    const backlog = new Backlog();
    backlog.append(utf8("abcdef"));
    let memory: ArrayBufferLike | undefined;
    backlog.parse(
      (room, at) => {
        memory = room.bytes.buffer;
        return at + 2;
      },
      () => "in-place",
    );
    let again: ArrayBufferLike | undefined;
    backlog.parse(
      (room, at) => {
        again = room.bytes.buffer;
        return at + 1;
      },
      () => "in-place",
    );
    expect(again).toBe(memory);
    expect(takeAll(backlog)).toBe("def");
  });

  test("V-03 apart: the rest is copied out, so that the large piece it lay in is not kept for it", () => {
    const backlog = new Backlog();
    backlog.append(new Uint8Array(60_000));
    backlog.parse(
      (_room, _at, end) => end - 3,
      () => "apart",
    );
    expect(backlog.cost).toBeLessThanOrEqual(4 + 128);
  });

  test("nothing: the rest is thrown away", () => {
    const backlog = new Backlog();
    backlog.append(utf8("abc"));
    backlog.parse(
      (_room, at) => at + 1,
      () => "nothing",
    );
    expect(backlog.isEmpty).toBe(true);
  });

  test("V-36 bytes that came during the parse wait behind the rest", () => {
    for (const manner of ["in-place", "apart"] as const) {
      const backlog = new Backlog();
      backlog.append(utf8("abc"));
      backlog.parse(
        (_room, at) => {
          backlog.append(utf8("de"));
          return at + 1;
        },
        () => manner,
      );
      expect(takeAll(backlog), manner).toBe("bcde");
    }
  });

  test("V-36 bytes that came during a parse that read everything wait", () => {
    const backlog = new Backlog();
    backlog.append(utf8("abc"));
    backlog.parse(
      (_room, _at, end) => {
        backlog.append(utf8("de"));
        return end;
      },
      () => "apart",
    );
    expect(takeAll(backlog)).toBe("de");
  });
});
