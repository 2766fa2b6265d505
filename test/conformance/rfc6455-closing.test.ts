// RFC 6455 §5.5.1 and §7: the closing handshake begun from either side, the end of the transport, and the deadlines and
// bounds that keep an ended conversation from lasting. Bytes in, events and bytes out, time by hand.
import { describe, expect, test } from "vitest";

import { bytes, concat } from "../support/byte-builder.ts";
import { frameTo, writeFrame, type Role } from "../support/naive-frame-codec.ts";
import { RecordedConnection } from "../support/recorded-connection.ts";

const roles: readonly Role[] = ["server", "client"];
const goingAway = bytes(0x03, 0xe9, "bye");

describe.each(roles)("a %s", (role) => {
  const start = (limits: ConstructorParameters<typeof RecordedConnection>[0]["limits"] = {}): RecordedConnection =>
    new RecordedConnection({ role, limits });

  test("§5.5.1 after our Close nothing more is sent", () => {
    const recorded = start();
    const { connection } = recorded;
    expect(connection.sendClose(1000, "done", recorded.now)).toBe(true);
    expect(connection.sendMessage("late")).toBe(-1);
    expect(connection.sendPing(new Uint8Array())).toBe(false);
    expect(connection.sendFrame(frameTo("client", 1, "late"))).toBe(false);
    expect(connection.sendClose(1001, "again", recorded.now)).toBe(false);
    expect(connection.state).toBe("we-closed");
    expect(recorded.sentEvents).toEqual([`close 1000 "done"`]);
  });

  test("§5.5.1 after their Close nothing more is sent", () => {
    const recorded = start();
    recorded.receive(frameTo(role, 8, goingAway));
    expect(recorded.connection.sendMessage("late")).toBe(-1);
    expect(recorded.connection.sendPing(new Uint8Array())).toBe(false);
    expect(recorded.connection.sendClose(1000, "", recorded.now)).toBe(false);
    expect(recorded.connection.state).toBe("both-closed");
    expect(recorded.sentEvents).toEqual([`close 1001 "bye"`]);
  });

  test("§7.1.3 P-66 when both sides close at once, neither answers, and each sees the other's code", () => {
    const recorded = start();
    recorded.connection.sendClose(4000, "ours", recorded.now);
    recorded.receive(frameTo(role, 8, goingAway));
    expect(recorded.events).toEqual([`close 1001 "bye"`]);
    expect(recorded.connection.state).toBe("both-closed");
    expect(recorded.sentEvents).toEqual([`close 4000 "ours"`]);
  });

  test("§7.1.2 a Close without a code is sent without payload", () => {
    const recorded = start();
    recorded.connection.sendClose(1005, "", recorded.now);
    expect(recorded.sentEvents).toEqual([`close 1005 ""`]);
  });

  test("§5.5.1 a reason longer than a Close can carry is cut between characters", () => {
    const recorded = start();
    recorded.connection.sendClose(1000, `${"x".repeat(122)}é`, recorded.now);
    expect(recorded.sentEvents).toEqual([`close 1000 "${"x".repeat(122)}"`]);
  });

  test("§7.1.6 P-65 while we wait for their Close, data is read past and pings are not answered", () => {
    const recorded = start();
    recorded.receive(frameTo(role, 1, "begun before ", false));
    recorded.connection.sendClose(1000, "", recorded.now);
    recorded.receive(frameTo(role, 0, "ended after"));
    recorded.receive(concat([frameTo(role, 2, new Uint8Array(70_000)), frameTo(role, 9, "?"), frameTo(role, 10, "!")]));
    recorded.receive(concat([frameTo(role, 1, bytes(0xff), false), frameTo(role, 0), frameTo(role, 8, goingAway)]));
    expect(recorded.events).toEqual([`close 1001 "bye"`]);
    expect(recorded.sentEvents).toEqual([`close 1000 ""`]);
  });

  test("§7.1.7 a violation while we wait for their Close ends the connection without a second Close", () => {
    const recorded = start();
    recorded.connection.sendClose(1000, "", recorded.now);
    recorded.receive(frameTo(role, 0, "nothing to continue"));
    expect(recorded.events).toEqual(["fail 1002"]);
    expect(recorded.connection.state).toBe("failed");
    expect(recorded.sentEvents).toEqual([`close 1000 ""`]);
  });

  test("§7.1.1 P-65 V-15 bytes after the end are counted, and past the limit the transport is dropped", () => {
    const recorded = start({ discardBytes: 1_000 });
    recorded.receive(frameTo(role, 8, goingAway));
    recorded.receive(new Uint8Array(1_000));
    expect(recorded.drops).toBe(0);
    recorded.receive(new Uint8Array(1));
    expect(recorded.drops).toBeGreaterThan(0);
    expect(recorded.connection.retainedBytes).toBe(0);
  });

  test("§7.1.1 P-65 data read past while we wait for their Close counts against the same limit", () => {
    const recorded = start({ discardBytes: 1_000 });
    recorded.connection.sendClose(1000, "", recorded.now);
    recorded.receive(frameTo(role, 2, new Uint8Array(1_000)));
    expect(recorded.drops).toBe(0);
    recorded.receive(frameTo(role, 2, new Uint8Array(1)));
    expect(recorded.drops).toBeGreaterThan(0);
  });

  const begins: readonly (readonly [name: string, begin: (recorded: RecordedConnection) => void])[] = [
    ["our Close", (recorded) => recorded.connection.sendClose(1000, "", recorded.now)],
    ["their Close", (recorded) => recorded.receive(frameTo(role, 8))],
    ["a violation", (recorded) => recorded.receive(frameTo(role, 0))],
  ];

  test.each(begins)("§7.1.1 P-64 P-67 the transport is dropped closeTimeout after %s, not before", (_name, begin) => {
    const recorded = start({ closeTimeoutMs: 5_000 });
    begin(recorded);
    expect(recorded.connection.wakeAt).toBe(recorded.now + 5_000);
    recorded.connection.tick(recorded.now + 4_999);
    expect(recorded.drops).toBe(0);
    recorded.connection.tick(recorded.now + 5_000);
    expect(recorded.drops).toBe(1);
  });

  test("§7.1.1 their Close does not start the time-out that ours began afresh", () => {
    const recorded = start({ closeTimeoutMs: 5_000 });
    recorded.connection.sendClose(1000, "", recorded.now);
    const due = recorded.connection.wakeAt;
    recorded.now += 3_000;
    recorded.receive(frameTo(role, 8));
    expect(recorded.connection.wakeAt).toBe(due);
  });

  const unfinished: readonly (readonly [name: string, stream: Uint8Array])[] = [
    ["between frames", frameTo(role, 1, "whole")],
    ["inside a header", frameTo(role, 2, new Uint8Array(300)).slice(0, 3)],
    ["inside a payload", frameTo(role, 2, "half of this").slice(0, -3)],
    ["inside a control frame", frameTo(role, 9, "half of this").slice(0, -3)],
    ["between fragments", frameTo(role, 1, "begun", false)],
  ];

  test.each(unfinished)("§7.1.5 P-43 a transport that ends %s ends the connection without a word", (_name, stream) => {
    const recorded = start();
    recorded.receive(stream);
    const before = [...recorded.events];
    recorded.connection.receiveEnd();
    expect(recorded.connection.state).toBe("ended");
    expect(recorded.events).toEqual(before);
    expect(recorded.sent).toHaveLength(0);
    expect(recorded.connection.retainedBytes).toBe(0);
    expect(recorded.connection.wakeAt).toBe(Infinity);
    expect(recorded.connection.sendMessage("late")).toBe(-1);
  });

  test("§5.4 V-04 a message that is not finished messageTimeout after its first byte is refused with 1008", () => {
    const recorded = start({ messageTimeoutMs: 60_000 });
    recorded.receive(frameTo(role, 1, "begun", false));
    const due = recorded.now + 60_000;
    expect(recorded.connection.wakeAt).toBe(due);
    recorded.now += 59_000;
    recorded.receive(concat([frameTo(role, 0, "more", false), frameTo(role, 9)]));
    recorded.connection.tick(due - 1);
    expect(recorded.events).toEqual(["ping"]);
    recorded.connection.tick(due);
    expect(recorded.events).toEqual(["ping", "fail 1008"]);
  });

  const slow: readonly (readonly [name: string, stream: Uint8Array])[] = [
    ["one byte of a header", frameTo(role, 1, "x").slice(0, 1)],
    [
      "a header without its payload",
      writeFrame({ opcode: 2, declaredLength: 9, key: role === "server" ? Uint8Array.of(1, 2, 3, 4) : undefined }),
    ],
    ["half of a ping", frameTo(role, 9, "half of this").slice(0, -3)],
  ];

  test.each(slow)("§5.4 V-04 %s and then silence is refused with 1008", (_name, stream) => {
    const recorded = start({ messageTimeoutMs: 60_000 });
    recorded.receive(stream);
    recorded.connection.tick(recorded.now + 59_999);
    expect(recorded.events).toEqual([]);
    recorded.connection.tick(recorded.now + 60_000);
    expect(recorded.events).toEqual(["fail 1008"]);
  });

  test("§5.4 V-04 the time starts anew with each message and stands still between them", () => {
    const recorded = start({ messageTimeoutMs: 60_000 });
    recorded.receive(frameTo(role, 1, "a", false));
    recorded.receive(frameTo(role, 0, "b"));
    expect(recorded.connection.wakeAt).toBe(Infinity);
    recorded.now += 50_000;
    recorded.receive(frameTo(role, 1, "c", false));
    expect(recorded.connection.wakeAt).toBe(recorded.now + 60_000);
  });

  test("§5.4 V-04 a message that ends in the chunk in which the next begins gives that one its whole time", () => {
    const recorded = start({ messageTimeoutMs: 60_000 });
    recorded.receive(frameTo(role, 1, "a", false));
    recorded.now += 50_000;
    recorded.receive(concat([frameTo(role, 0, "b"), frameTo(role, 1, "c", false)]));
    expect(recorded.connection.wakeAt).toBe(recorded.now + 60_000);
  });

  test("§5.5.3 V-13 while the peer does not read, only the newest Ping is kept for an answer", () => {
    const recorded = start();
    recorded.output.congested = true;
    for (let index = 0; index < 2_000; index++) recorded.receive(frameTo(role, 9, `${index}`.padStart(125, "0")));
    expect(recorded.sent).toHaveLength(0);
    expect(recorded.connection.retainedBytes).toBeLessThanOrEqual(125 + 128);
    recorded.connection.receiveDrain();
    expect(recorded.sent, "still congested").toHaveLength(0);
    recorded.output.congested = false;
    recorded.connection.receiveDrain();
    recorded.connection.receiveDrain();
    expect(recorded.sentEvents).toEqual([`pong ${Buffer.from("1999".padStart(125, "0")).toString("hex")}`]);
    expect(recorded.connection.retainedBytes).toBe(0);
  });

  test("§5.5.1 a Pong that waited is not sent after our Close", () => {
    const recorded = start();
    recorded.output.congested = true;
    recorded.receive(frameTo(role, 9, "waits"));
    recorded.connection.sendClose(1000, "", recorded.now);
    recorded.output.congested = false;
    recorded.connection.receiveDrain();
    expect(recorded.sentEvents).toEqual([`close 1000 ""`]);
  });

  test("§10.4 V-14 control frames past their rate are refused with 1008", () => {
    const recorded = start({ controlFramesPerSecond: 10, controlFrameBurst: 15 });
    for (let index = 0; index < 15; index++) recorded.receive(frameTo(role, 10));
    expect(recorded.events).toHaveLength(15);
    recorded.now += 100;
    recorded.receive(frameTo(role, 10));
    expect(recorded.events.at(-1), "one more after a tenth of a second").toBe("pong");
    recorded.receive(frameTo(role, 10));
    expect(recorded.events.at(-1)).toBe("fail 1008");
  });

  test("§10.4 P-39 V-36 ten thousand frames in one chunk are read in turns, none lost, in order", () => {
    const recorded = start({ framesPerTurn: 1_000 });
    const texts = Array.from({ length: 10_000 }, (_, index) => `${index}`);
    recorded.receive(concat(texts.map((text) => frameTo(role, 1, text))));
    expect(recorded.events).toEqual(texts.map((text) => `text "${text}"`));
    expect(recorded.turns).toBe(9);
    expect(recorded.connection.retainedBytes).toBe(0);
  });

  test("§5.4 P-75 frames that come while reading is held wait, and follow in order", () => {
    const recorded = new RecordedConnection({
      role,
      onEvent: (line, { connection }) => {
        if (line.includes("stop")) connection.hold();
      },
    });
    recorded.receive(
      concat([frameTo(role, 1, "1"), frameTo(role, 1, "2 stop"), frameTo(role, 1, "3"), frameTo(role, 1, "4 stop")]),
    );
    expect(recorded.events).toEqual([`text "1"`, `text "2 stop"`]);
    recorded.receive(frameTo(role, 1, "5").slice(0, 4));
    recorded.receive(concat([frameTo(role, 1, "5").slice(4), frameTo(role, 8)]));
    expect(recorded.events).toHaveLength(2);
    recorded.connection.release(recorded.now);
    expect(recorded.events).toEqual([`text "1"`, `text "2 stop"`, `text "3"`, `text "4 stop"`]);
    recorded.connection.release(recorded.now);
    expect(recorded.events.slice(4)).toEqual([`text "5"`, `close 1005 ""`]);
  });

  test("§5.4 V-04 time in which we hold the peer back is not held against it", () => {
    const recorded = start({ messageTimeoutMs: 60_000 });
    recorded.receive(frameTo(role, 1, "begun", false));
    recorded.connection.hold();
    recorded.now += 100_000;
    recorded.connection.tick(recorded.now);
    expect(recorded.connection.wakeAt).toBe(Infinity);
    recorded.connection.release(recorded.now);
    expect(recorded.events).toEqual([]);
    expect(recorded.connection.wakeAt).toBe(recorded.now + 60_000);
  });

  test("§5.4 V-01 fragments of one byte cost their bytes, not an object each", () => {
    const recorded = start({ maxFragments: 200_000 });
    recorded.receive(frameTo(role, 2, "x", false));
    const piece = frameTo(role, 0, "x", false);
    const many = concat(Array.from({ length: 1_000 }, () => piece));
    for (let index = 0; index < 131; index++) recorded.receive(many);
    expect(recorded.connection.retainedBytes).toBeGreaterThan(131_000);
    expect(recorded.connection.retainedBytes).toBeLessThanOrEqual(2 * 131_001 + 64 * 1024);
  });

  test("§5.2 V-09 a header takes no memory for the payload it announces", () => {
    const recorded = start();
    const declared = { opcode: 2, payload: "0123456789", declaredLength: 1 << 20 };
    recorded.receive(writeFrame({ ...declared, key: role === "server" ? Uint8Array.of(1, 2, 3, 4) : undefined }));
    expect(recorded.connection.retainedBytes).toBeLessThanOrEqual(2_048);
  });

  test("§5.4 V-26 an idle connection keeps nothing of what it read", () => {
    const recorded = start();
    recorded.receive(
      concat([frameTo(role, 1, "x".repeat(70_000)), frameTo(role, 9, "p"), frameTo(role, 2, "a", false)]),
    );
    recorded.receive(concat([frameTo(role, 0, "b"), frameTo(role, 1, "é")]));
    expect(recorded.connection.retainedBytes).toBe(0);
    expect(recorded.connection.wakeAt).toBe(Infinity);
  });
});
