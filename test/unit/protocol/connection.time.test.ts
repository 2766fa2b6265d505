// Deadlines. The machine has no timer: it says when it wants to be ticked, and judges when it is.
import { describe, expect, test } from "vitest";
import { bytes, concat } from "../../support/byte-builder.ts";
import { frameTo, showText, type Role } from "../../support/naive-frame-codec.ts";
import { RecordedConnection } from "../../support/recorded-connection.ts";

const roles: readonly Role[] = ["server", "client"];

/** Moves time and lets the machine judge. */
function tickAt(recorded: RecordedConnection, now: number): void {
  recorded.now = now;
  recorded.connection.tick(now);
}

describe.each(roles)("a %s", (role) => {
  const half = frameTo(role, 1, "half", false);
  const rest = frameTo(role, 0, " and half");

  /** A connection that got `chunk` at 1,000 ms. */
  const after = (chunk: Uint8Array): RecordedConnection => {
    const recorded = new RecordedConnection({ role });
    recorded.receive(chunk);
    return recorded;
  };

  test("an idle connection waits for nothing", () => {
    const recorded = after(frameTo(role, 1, "whole"));
    expect(recorded.connection.wakeAt).toBe(Infinity);
    tickAt(recorded, 1e9);
    expect(recorded.connection.state).toBe("open");
  });

  test.each([
    ["the first fragment", half],
    ["a fragment and half of the next", concat([half, rest.subarray(0, 7)])],
    ["half a payload", frameTo(role, 1, "half and half").subarray(0, 9)],
    ["half a header", bytes(0x81)],
    ["half a ping", frameTo(role, 9, "half and half").subarray(0, 9)],
  ])("V-04 after %s a silent peer is closed with 1008 at 60 s, not before", (_name, chunk) => {
    const recorded = after(chunk);
    expect(recorded.connection.wakeAt).toBe(61_000);
    tickAt(recorded, 60_999);
    expect(recorded.events).toEqual([]);
    tickAt(recorded, 61_000);
    expect(recorded.events).toEqual(["fail 1008"]);
    expect(recorded.violation?.code).toBe("LW_PROTOCOL_MESSAGE_TIMEOUT");
    expect(recorded.sentEvents[0]).toMatch(/^close 1008 /);
  });

  test("V-04 the time runs from the message's first byte: neither more of it nor pings give it more", () => {
    const recorded = after(half);
    for (recorded.now = 6_000; recorded.now < 61_000; recorded.now += 5_000) {
      recorded.receive(concat([frameTo(role, 0, "more", false), frameTo(role, 9)]));
    }
    expect(recorded.connection.wakeAt).toBe(61_000);
    tickAt(recorded, 61_000);
    expect(recorded.events.at(-1)).toBe("fail 1008");
  });

  test("V-04 a message that is complete in time has no deadline, and the next begins its own", () => {
    const recorded = after(half);
    recorded.now = 60_999;
    recorded.receive(rest);
    expect(recorded.connection.wakeAt).toBe(Infinity);
    recorded.receive(half);
    expect(recorded.connection.wakeAt).toBe(120_999);
  });

  test("V-04 the end of a message and the beginning of another in one chunk begin a new time", () => {
    const recorded = after(half);
    recorded.now = 41_000;
    recorded.receive(concat([rest, half]));
    expect(recorded.connection.wakeAt).toBe(101_000);
  });

  test("V-04 a ping that is complete ends its own time, not that of the message around it", () => {
    const recorded = after(half);
    recorded.now = 5_000;
    recorded.receive(frameTo(role, 9, "?"));
    expect(recorded.connection.wakeAt).toBe(61_000);
  });

  test("V-04 the time in which we do not read is not the peer's", () => {
    const recorded = after(half);
    recorded.connection.hold();
    expect(recorded.connection.wakeAt).toBe(Infinity);
    recorded.receive(rest);
    tickAt(recorded, 200_000);
    expect(recorded.connection.state).toBe("open");
    recorded.connection.release(200_000);
    expect(recorded.events).toEqual([showText("half and half")]);
  });

  test("V-04 a message still unfinished when we read again gets its full time", () => {
    const recorded = after(half);
    recorded.connection.hold();
    recorded.connection.release(200_000);
    expect(recorded.connection.wakeAt).toBe(260_000);
  });

  test("P-73 input that is received before the tick counts, though its deadline has passed during a stall", () => {
    const recorded = after(half);
    recorded.now = 71_000;
    recorded.receive(rest);
    tickAt(recorded, 71_000);
    expect(recorded.events).toEqual([showText("half and half")]);
    expect(recorded.connection.state).toBe("open");
  });

  test("P-64 a peer that does not answer our Close is dropped after 5 s, not before, whatever else it sends", () => {
    const recorded = new RecordedConnection({ role });
    recorded.connection.sendClose(1000, "", 1_000);
    expect(recorded.connection.wakeAt).toBe(6_000);
    recorded.now = 5_000;
    recorded.receive(concat([frameTo(role, 1, "x"), frameTo(role, 9), half]));
    expect(recorded.connection.wakeAt).toBe(6_000);
    tickAt(recorded, 5_999);
    expect(recorded.drops).toBe(0);
    tickAt(recorded, 6_000);
    expect(recorded.drops).toBe(1);
    expect(recorded.events).toEqual([]);
  });

  test("P-67 after both Closes the transport has 5 s to end, from the first Close on", () => {
    const recorded = new RecordedConnection({ role });
    recorded.connection.sendClose(1000, "", 1_000);
    recorded.now = 4_000;
    recorded.receive(frameTo(role, 8));
    expect(recorded.connection.wakeAt).toBe(6_000);
    tickAt(recorded, 6_000);
    expect(recorded.drops).toBe(1);
  });

  test.each([
    ["the peer's Close", (): Uint8Array => frameTo(role, 8)],
    ["a failure", (): Uint8Array => frameTo(role, 3)],
  ])("after %s the transport has 5 s to end", (_name, chunk) => {
    const recorded = after(chunk());
    expect(recorded.connection.wakeAt).toBe(6_000);
    tickAt(recorded, 5_999);
    expect(recorded.drops).toBe(0);
    tickAt(recorded, 6_000);
    expect(recorded.drops).toBe(1);
    recorded.connection.receiveEnd();
    expect(recorded.connection.wakeAt).toBe(Infinity);
  });

  test("P-64 we sent a Close inside an unfinished message: only the Close's deadline is left", () => {
    const recorded = after(half);
    recorded.connection.sendClose(1000, "", 59_000);
    expect(recorded.connection.wakeAt).toBe(64_000);
    tickAt(recorded, 61_000);
    expect(recorded.connection.state).toBe("we-closed");
    recorded.receive(rest);
    expect(recorded.connection.wakeAt).toBe(64_000);
  });
});
