// Frames as the machine reads them, for both sides. The conformance tests hold the whole list of cases by section; here each
// rule meets the machine once, with what it says, sends and keeps.
import { describe, expect, test } from "vitest";
import { bytes, concat, hex, utf8 } from "../../support/byte-builder.ts";
import {
  frameTo,
  showBytes,
  showText,
  writeFrame,
  type NaiveFrame,
  type Role,
} from "../../support/naive-frame-codec.ts";
import { RecordedConnection, recordChunks, type RecordingOptions } from "../../support/recorded-connection.ts";

const roles: readonly Role[] = ["server", "client"];

/** A frame for `role` with the right mask and something wrong. */
const wrong = (role: Role, frame: NaiveFrame): Uint8Array =>
  writeFrame({ key: role === "server" ? hex("0a 0b 0c 0d") : undefined, ...frame });

/** The machine after `frames`, in one chunk. */
const read = (role: Role, frames: readonly Uint8Array[], options: Partial<RecordingOptions> = {}): RecordedConnection =>
  recordChunks([concat(frames)], { role, ...options });

describe.each(roles)("a %s", (role) => {
  const other: Role = role === "server" ? "client" : "server";

  /** The bytes end the connection with `closeCode`: said once, sent once, nothing kept, nothing read after it. */
  function expectFailure(stream: Uint8Array, closeCode: number, options: Partial<RecordingOptions> = {}): void {
    const recorded = read(role, [stream], options);
    expect(recorded.events.at(-1)).toBe(`fail ${closeCode}`);
    expect(recorded.sentEvents.at(-1)).toBe(`close ${closeCode} ${JSON.stringify(recorded.violation?.message)}`);
    expect(recorded.connection.state).toBe("failed");
    expect(recorded.connection.retainedBytes).toBe(0);
    const { length } = recorded.sent;
    recorded.receive(concat([frameTo(role, 1, "late"), frameTo(role, 9), stream]));
    expect(recorded.sent, "nothing is answered after the failure").toHaveLength(length);
  }

  test("P-31 P-32 a frame with the mask of the other direction fails with 1002", () => {
    for (const opcode of [1, 2, 8, 9, 10]) expectFailure(frameTo(other, opcode), 1002);
  });

  test("P-33 a reserved bit fails with 1002, on data, control and continuation", () => {
    for (const rsv of [0x40, 0x20, 0x10]) {
      expectFailure(wrong(role, { opcode: 1, rsv }), 1002);
      expectFailure(wrong(role, { opcode: 9, rsv }), 1002);
      expectFailure(concat([frameTo(role, 1, "a", false), wrong(role, { opcode: 0, rsv })]), 1002);
    }
  });

  test("P-34 V-11 an unknown opcode fails with 1002 with two bytes, before the payload it announces", () => {
    for (const opcode of [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]) {
      const announced = wrong(role, { opcode, declaredLength: 1 << 20, payload: "0123456789" });
      expectFailure(announced, 1002);
      expectFailure(announced.subarray(0, 2), 1002);
    }
  });

  test("P-35 a control frame too long, in fragments or with a long form fails with 1002", () => {
    for (const opcode of [8, 9, 10]) {
      expectFailure(frameTo(role, opcode, new Uint8Array(126)), 1002);
      expectFailure(frameTo(role, opcode, "", false), 1002);
      expectFailure(wrong(role, { opcode, payload: "hello", lengthForm: 16 }), 1002);
      expectFailure(wrong(role, { opcode, payload: "hello", lengthForm: 16 }), 1002, { lenientLength: true });
    }
  });

  test("P-36 a 64-bit length that begins with a set bit fails with 1002", () => {
    expectFailure(wrong(role, { opcode: 2, declaredLength: 2n ** 63n }), 1002);
    expectFailure(wrong(role, { opcode: 2, declaredLength: 2n ** 64n - 1n }), 1002);
  });

  test.each([16, 64] as const)(
    "P-37 a %i-bit form for 5 bytes fails with 1002; lenientLength accepts it",
    (lengthForm) => {
      const stream = wrong(role, { opcode: 1, payload: "hello", lengthForm });
      expectFailure(stream, 1002);
      expect(read(role, [stream], { lenientLength: true }).events).toEqual([showText("hello")]);
    },
  );

  test("P-38 single bytes give the events of the whole", () => {
    const stream = concat([
      frameTo(role, 1, "€ and more", false),
      frameTo(role, 9, "between"),
      frameTo(role, 0, "🜁"),
      frameTo(role, 2, new Uint8Array(300).fill(3)),
      frameTo(role, 8, bytes(3, 0xe8, "bye")),
    ]);
    const whole = read(role, [stream]);
    const single = recordChunks(
      Array.from(stream, (byte) => Uint8Array.of(byte)),
      { role },
    );
    expect(single.events).toEqual(whole.events);
    expect(single.sent).toEqual(whole.sent);
    expect(whole.events).toHaveLength(4);
  });

  test("P-39 10,000 frames in one chunk are 10,000 events in order, in turns of 1,024 frames", () => {
    const frames = Array.from({ length: 10_000 }, (_, index) => frameTo(role, 1, String(index)));
    const recorded = read(role, frames);
    expect(recorded.events).toEqual(Array.from({ length: 10_000 }, (_, index) => showText(String(index))));
    expect(recorded.turns).toBe(9);
    expect(recorded.connection.retainedBytes).toBe(0);
  });

  test("P-40 frames without payload are read with their mask", () => {
    const recorded = read(role, [frameTo(role, 1), frameTo(role, 9), frameTo(role, 2), frameTo(role, 1, "x")]);
    expect(recorded.events).toEqual(['text ""', "ping", "binary", 'text "x"']);
  });

  test("P-42 a chunk that the caller keeps is not changed by unmasking", () => {
    const chunk = frameTo(role, 1, "a".repeat(100_000));
    const kept = chunk.slice();
    const recorded = new RecordedConnection({ role });
    recorded.connection.receive(chunk, 0);
    expect(Buffer.compare(chunk, kept)).toBe(0);
    expect(recorded.events).toHaveLength(1);
  });

  test("P-43 the end inside a header, inside a payload or between frames is the end, without an answer", () => {
    const frame = frameTo(role, 2, new Uint8Array(200));
    for (const cut of [1, 2, 3, 100, frame.length]) {
      const recorded = read(role, [frame.subarray(0, cut)]);
      recorded.connection.receiveEnd();
      expect(recorded.connection.state).toBe("ended");
      expect(recorded.events).toHaveLength(cut === frame.length ? 1 : 0);
      expect(recorded.sent).toHaveLength(0);
      expect(recorded.connection.retainedBytes).toBe(0);
      expect(recorded.connection.wakeAt).toBe(Infinity);
    }
  });

  test("P-44 after a failure nothing is said or sent any more, in the same chunk or later", () => {
    const bad = frameTo(other, 1, "x");
    const recorded = read(role, [frameTo(role, 1, "good"), bad, frameTo(role, 1, "late"), bad]);
    for (const late of [bad, frameTo(role, 9, "p"), frameTo(role, 8)]) recorded.receive(late);
    expect(recorded.events).toEqual([showText("good"), "fail 1002"]);
    expect(recorded.sentEvents).toHaveLength(1);
    expect(recorded.connection.sendMessage("x")).toBe(-1);
    expect(recorded.connection.sendBytes(bytes(1), 0, 1)).toBe(-1);
    expect(recorded.connection.sendFrame(utf8("x"))).toBe(false);
    expect(recorded.connection.sendPing(bytes())).toBe(false);
    expect(recorded.connection.sendClose(1000, "", 0)).toBe(false);
    recorded.connection.receiveEnd();
    recorded.connection.receiveEnd();
    expect(recorded.connection.state).toBe("ended");
  });
});

describe("sending", () => {
  test.each(roles)("a %s sends text, bytes and pings as the peer must read them", (role) => {
    const recorded = new RecordedConnection({ role });
    expect(recorded.connection.sendMessage("h€llo")).toBe(7);
    expect(recorded.connection.sendMessage(bytes(1, 2, 3))).toBe(3);
    expect(recorded.connection.sendMessage("")).toBe(0);
    expect(recorded.connection.sendPing(utf8("are you there?"))).toBe(true);
    expect(recorded.sentEvents).toEqual([
      showText("h€llo"),
      "binary 010203",
      showText(""),
      showBytes("ping", utf8("are you there?")),
    ]);
  });

  test("a prebuilt frame goes out by reference, behind what was sent before", () => {
    const recorded = new RecordedConnection({ role: "server" });
    const frame = frameTo("client", 1, "shared");
    recorded.connection.sendMessage("first");
    expect(recorded.connection.sendFrame(frame)).toBe(true);
    expect(recorded.output.parts.at(-1)).toBe(frame);
    expect(recorded.sentEvents).toEqual([showText("first"), showText("shared")]);
  });

  test("P-62 nothing is sent after a Close", () => {
    const recorded = new RecordedConnection({ role: "client" });
    expect(recorded.connection.sendClose(1000, "done", 0)).toBe(true);
    expect(recorded.connection.sendMessage("x")).toBe(-1);
    expect(recorded.connection.sendPing(bytes())).toBe(false);
    expect(recorded.connection.sendFrame(bytes())).toBe(false);
    expect(recorded.connection.sendClose(1001, "", 0)).toBe(false);
    expect(recorded.sentEvents).toEqual(['close 1000 "done"']);
  });
});
