// What a connection keeps of its input, as it is charged: bytes and 128 for each object. RELIABILITY §1.1.
import { describe, expect, test } from "vitest";
import { ARENA_BYTES } from "../../../src/protocol/arena.ts";
import { bytes, concat, hex } from "../../support/byte-builder.ts";
import { frameTo, writeFrame, type Role } from "../../support/naive-frame-codec.ts";
import { RecordedConnection } from "../../support/recorded-connection.ts";

const roles: readonly Role[] = ["server", "client"];
const KiB = 1024;
const MiB = 1024 * KiB;

/** The most that `recorded` was ever charged while it read `chunks`. */
function peakOf(recorded: RecordedConnection, chunks: Iterable<Uint8Array>): number {
  let peak = 0;
  for (const chunk of chunks) {
    recorded.connection.receive(chunk, recorded.now);
    recorded.giveTurns();
    peak = Math.max(peak, recorded.connection.retainedBytes);
  }
  return peak;
}

describe.each(roles)("a %s", (role) => {
  test("V-01 an idle connection keeps nothing of its input, whatever came before", () => {
    const recorded = new RecordedConnection({ role });
    expect(recorded.connection.retainedBytes).toBe(0);
    const streams = [
      frameTo(role, 1, "whole"),
      frameTo(role, 9, new Uint8Array(125)),
      concat([frameTo(role, 2, new Uint8Array(70_000), false), frameTo(role, 0, "end")]),
      frameTo(role, 10),
    ];
    for (const stream of streams) {
      recorded.receive(stream);
      expect(recorded.connection.retainedBytes).toBe(0);
      for (const byte of stream.subarray(0, 4)) recorded.receive(bytes(byte));
      recorded.receive(stream.subarray(4));
      expect(recorded.connection.retainedBytes).toBe(0);
    }
  });

  test("V-01 131,000 fragments of one byte cost no more than twice their bytes and 64 KiB, in chunks of any size", () => {
    const limits = { maxFragments: 200_000 };
    const fragment = frameTo(role, 0, "x", false);
    const burst = concat(Array.from({ length: 1_000 }, () => fragment));
    const large = new RecordedConnection({ role, limits });
    large.receive(frameTo(role, 2, "x", false));
    expect(
      peakOf(
        large,
        Array.from({ length: 131 }, () => burst),
      ),
    ).toBeLessThanOrEqual(2 * 131_001 + 64 * KiB);
    const small = new RecordedConnection({ role, limits });
    small.receive(frameTo(role, 2, "x", false));
    const chunks = Array.from({ length: 131_000 }, () => fragment);
    expect(peakOf(small, chunks)).toBeLessThanOrEqual(2 * 131_001 + 64 * KiB);
    expect(small.connection.retainedBytes).toBeLessThanOrEqual(0.4 * MiB);
    expect(small.connection.state).toBe("open");
  });

  test("V-02 20,000 empty fragments retain nothing but the message itself", () => {
    const recorded = new RecordedConnection({ role });
    recorded.receive(frameTo(role, 1, "", false));
    const before = recorded.connection.retainedBytes;
    const empty = concat(Array.from({ length: 100 }, () => frameTo(role, 0, "", false)));
    expect(
      peakOf(
        recorded,
        Array.from({ length: 200 }, () => empty),
      ),
    ).toBe(before);
    expect(before).toBe(128);
    recorded.receive(frameTo(role, 0, "end"));
    expect(recorded.events).toEqual(['text "end"']);
  });

  test("V-03 a frame of 1 MiB in chunks of one byte costs at most 2 MiB and 64 KiB on the way", () => {
    const recorded = new RecordedConnection({ role });
    const stream = frameTo(role, 2, new Uint8Array(MiB));
    const single = new Uint8Array(1);
    let peak = 0;
    for (const byte of stream) {
      single[0] = byte;
      recorded.connection.receive(single, 0);
      peak = Math.max(peak, recorded.connection.retainedBytes);
    }
    expect(peak).toBeLessThanOrEqual(2 * MiB + 64 * KiB);
    expect(recorded.events).toHaveLength(1);
    expect(recorded.connection.retainedBytes).toBe(0);
  });

  test("V-03 an unfinished header costs its bytes, not the chunk it came in", () => {
    const recorded = new RecordedConnection({ role });
    const chunk = concat([
      frameTo(role, 2, new Uint8Array(60_000)),
      hex(role === "server" ? "82 ff 00 00 00" : "82 7f 00 00 00"),
    ]);
    recorded.receive(chunk);
    expect(recorded.connection.retainedBytes).toBeLessThanOrEqual(8 + 128);
    expect(recorded.connection.retainedBytes).toBeGreaterThan(128);
  });

  test("V-03 a control frame in pieces costs its payload, however slowly it comes", () => {
    const recorded = new RecordedConnection({ role });
    const ping = frameTo(role, 9, new Uint8Array(125));
    const peak = peakOf(
      recorded,
      Array.from(ping, (byte) => bytes(byte)),
    );
    expect(peak).toBe(125 + 128);
    expect(recorded.events).toHaveLength(1);
    expect(recorded.connection.retainedBytes).toBe(0);
  });

  test("V-09 the length a header announces takes no memory", () => {
    const recorded = new RecordedConnection({ role, limits: { maxMessageBytes: 2 ** 40 } });
    recorded.receive(
      writeFrame({
        opcode: 2,
        declaredLength: 2 ** 39,
        payload: "x",
        key: role === "server" ? hex("00 00 00 01") : undefined,
      }),
    );
    expect(recorded.connection.retainedBytes).toBeLessThanOrEqual(KiB + 128);
  });

  test("V-03 a chunk larger than the arena is read to its end, its frames wherever they lie", () => {
    const recorded = new RecordedConnection({ role });
    const lengths = [10, ARENA_BYTES - 40, 300, 3 * ARENA_BYTES + 7, 1, 65_530, 0, 12];
    recorded.receive(concat(lengths.map((length) => frameTo(role, 2, new Uint8Array(length).fill(7)))));
    expect(recorded.events.map((line) => (line.length - "binary".length) >> 1)).toEqual(lengths);
    expect(recorded.connection.retainedBytes).toBe(0);
  });

  test("what comes while it is held is kept and charged, and gone when it is released", () => {
    const recorded = new RecordedConnection({ role });
    recorded.connection.hold();
    recorded.receive(frameTo(role, 2, new Uint8Array(10_000)));
    recorded.receive(frameTo(role, 1, "after"));
    expect(recorded.events).toEqual([]);
    expect(recorded.connection.retainedBytes).toBeGreaterThanOrEqual(10_000 + 128);
    expect(recorded.connection.retainedBytes).toBeLessThanOrEqual(10_100 + 128);
    recorded.connection.release(0);
    expect(recorded.events).toHaveLength(2);
    expect(recorded.connection.retainedBytes).toBe(0);
  });

  test("V-26 whichever way it ends, nothing is kept", () => {
    const half = frameTo(role, 1, "half of it", false);
    const ways: ((recorded: RecordedConnection) => void)[] = [
      (recorded) => recorded.receive(frameTo(role, 8)),
      (recorded) => recorded.receive(frameTo(role, 3)),
      (recorded) => recorded.connection.receiveEnd(),
      (recorded) => {
        recorded.connection.sendClose(1000, "", 0);
        recorded.receive(frameTo(role, 8));
      },
      (recorded) => {
        recorded.connection.hold();
        recorded.receive(half);
        recorded.connection.receiveEnd();
      },
      (recorded) => {
        recorded.now += 60_000;
        recorded.connection.tick(recorded.now);
      },
    ];
    for (const [index, end] of ways.entries()) {
      const recorded = new RecordedConnection({ role });
      recorded.output.congested = true;
      recorded.receive(concat([frameTo(role, 9, "?"), half]));
      expect(recorded.connection.retainedBytes).toBeGreaterThan(0);
      end(recorded);
      expect(recorded.connection.retainedBytes, `way ${index}`).toBe(0);
    }
  });
});
