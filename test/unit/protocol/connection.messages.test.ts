// Messages: fragments, sizes and text, for both sides.
import { describe, expect, test } from "vitest";
import type { Limits } from "../../../src/base/limits.ts";
import { bytes, concat, hex, toHex, utf8 } from "../../support/byte-builder.ts";
import {
  frameTo,
  showBytes,
  showText,
  writeFrame,
  type NaiveFrame,
  type Role,
} from "../../support/naive-frame-codec.ts";
import { RecordedConnection, recordChunks } from "../../support/recorded-connection.ts";

const roles: readonly Role[] = ["server", "client"];

describe.each(roles)("a %s", (role) => {
  const text = (payload: string | Uint8Array, fin = true): Uint8Array => frameTo(role, 1, payload, fin);
  const more = (payload: string | Uint8Array, fin = true): Uint8Array => frameTo(role, 0, payload, fin);
  const events = (frames: readonly Uint8Array[], limits: Partial<Limits> = {}): readonly string[] =>
    recordChunks([concat(frames)], { role, limits }).events;
  const announced = (frame: NaiveFrame): Uint8Array =>
    writeFrame({ key: role === "server" ? hex("01 02 03 04") : undefined, ...frame });

  test("a binary message that lies whole in what was read is lent to a borrower; what is text or came in parts is given", () => {
    const recorded = new RecordedConnection({ role });
    const lent: string[] = [];
    recorded.connection.borrower = {
      receiveLent: (room, start, end, now) => lent.push(`${toHex(room.subarray(start, end))} at ${String(now)}`),
    };
    recorded.now = 40;
    const whole = frameTo(role, 2, "abc");
    recorded.receive(concat([text("t"), whole, frameTo(role, 2, "d", false), more("e"), whole]));
    recorded.receive(whole.subarray(0, -1));
    recorded.receive(whole.subarray(-1));
    expect(lent).toEqual(["61 62 63 at 40", "61 62 63 at 40"]);
    const parts = [showText("t"), showBytes("binary", utf8("de")), showBytes("binary", utf8("abc"))];
    expect(recorded.events).toEqual(parts);
  });

  describe("fragments", () => {
    test("P-45 a continuation of nothing fails with 1002, also after a message has ended", () => {
      expect(events([more("x")])).toEqual(["fail 1002"]);
      expect(events([more("x", false)])).toEqual(["fail 1002"]);
      expect(events([text("a", false), more("b"), more("c")])).toEqual([showText("ab"), "fail 1002"]);
    });

    test("P-46 a new message inside one that is not finished fails with 1002", () => {
      expect(events([text("a", false), text("b")])).toEqual(["fail 1002"]);
      expect(events([text("a", false), frameTo(role, 2, "b", false)])).toEqual(["fail 1002"]);
    });

    test("P-47 a ping between fragments is answered at once and leaves the message whole", () => {
      const recorded = recordChunks([concat([text("he", false), frameTo(role, 9, "?")])], { role });
      expect(recorded.events).toEqual([showBytes("ping", utf8("?"))]);
      expect(recorded.sentEvents).toEqual([showBytes("pong", utf8("?"))]);
      recorded.receive(concat([more("l", false), frameTo(role, 10), more("lo")]));
      expect(recorded.events.slice(1)).toEqual(["pong", showText("hello")]);
    });

    test("P-48 a Close between fragments is a clean close, and the part that came is dropped", () => {
      const recorded = recordChunks([concat([text("part", false), frameTo(role, 8, bytes(3, 0xe8))])], { role });
      expect(recorded.events).toEqual(['close 1000 ""']);
      expect(recorded.sentEvents).toEqual(['close 1000 ""']);
      expect(recorded.connection.retainedBytes).toBe(0);
    });

    test("P-49 fragments may be empty, and all empty ones are one empty message", () => {
      expect(events([text("", false), more("", false), more("")])).toEqual([showText("")]);
      expect(events([text("", false), more("a", false), more("", false), more("")])).toEqual([showText("a")]);
      expect(events([frameTo(role, 2, "", false), more("")])).toEqual(["binary"]);
    });

    test("P-57 a message keeps its type, whatever its bytes", () => {
      expect(events([frameTo(role, 2, "text?"), text("text!")])).toEqual([
        showBytes("binary", utf8("text?")),
        showText("text!"),
      ]);
      expect(events([frameTo(role, 2, "a", false), more("b")])).toEqual([showBytes("binary", utf8("ab"))]);
    });
  });

  describe("text", () => {
    test.each([
      ["in a whole message", (bad: Uint8Array) => [text(bad)]],
      ["in a fragment that is not the last", (bad: Uint8Array) => [text(bad, false)]],
      ["in a later fragment", (bad: Uint8Array) => [text("fine", false), more(bad, false)]],
      [
        "in a frame that has not come whole",
        (bad: Uint8Array) => [announced({ opcode: 1, payload: bad, declaredLength: 1_000 })],
      ],
    ])("P-50 P-53 bytes that are no UTF-8 %s fail with 1007 as soon as they are read", (_where, frames) => {
      for (const bad of ["ff", "c0 80", "ed a0 80", "f4 90 80 80", "61 80"]) {
        const recorded = recordChunks([concat(frames(hex(bad)))], { role });
        expect(recorded.events, bad).toEqual(["fail 1007"]);
        expect(recorded.sentEvents[0]).toMatch(/^close 1007 /);
      }
    });

    test("P-50 the offending byte itself ends it, not the frame around it", () => {
      const stream = announced({ opcode: 1, payload: hex("e2 82 ff 61 61"), declaredLength: 1_000 });
      const header = stream.length - 5;
      const recorded = recordChunks([stream.subarray(0, header + 2)], { role });
      expect(recorded.events).toEqual([]);
      recorded.receive(stream.subarray(header + 2, header + 3));
      expect(recorded.events).toEqual(["fail 1007"]);
    });

    test("P-51 a character cut by fragments and by chunks arrives whole", () => {
      const sign = utf8("🜁");
      const stream = concat([
        text(sign.subarray(0, 1), false),
        more(sign.subarray(1, 3), false),
        more(sign.subarray(3)),
      ]);
      const single = recordChunks(
        Array.from(stream, (byte) => Uint8Array.of(byte)),
        { role },
      );
      expect(events([stream])).toEqual([showText("🜁")]);
      expect(single.events).toEqual([showText("🜁")]);
    });

    test("P-52 a text that ends inside a character fails with 1007", () => {
      expect(events([text(hex("61 e2 82"))])).toEqual(["fail 1007"]);
      expect(events([text(hex("f0"), false), more("")])).toEqual(["fail 1007"]);
    });

    test("P-53 noncharacters are text; P-54 so are a leading byte order mark and NUL", () => {
      expect(events([text("\ufffe\uffff"), text("\ufeffa\0"), text("\ufeff", false), more("b")])).toEqual([
        showText("\ufffe\uffff"),
        showText("\ufeffa\0"),
        showText("\ufeffb"),
      ]);
    });

    test("P-55 a lone surrogate is sent as U+FFFD", () => {
      const recorded = new RecordedConnection({ role });
      recorded.connection.sendMessage("a\ud83d");
      expect(recorded.sentEvents).toEqual([showText("a\ufffd")]);
    });
  });

  describe("sizes", () => {
    test("P-56 the limit itself is allowed, one byte more fails with 1009, and text is measured in bytes", () => {
      const limits = { maxMessageBytes: 300 };
      expect(events([frameTo(role, 2, new Uint8Array(300))], limits)).toHaveLength(1);
      expect(events([frameTo(role, 2, new Uint8Array(301))], limits)).toEqual(["fail 1009"]);
      expect(events([text("€".repeat(100))], limits)).toEqual([showText("€".repeat(100))]);
      expect(events([text("€".repeat(101))], limits)).toEqual(["fail 1009"]);
    });

    test("P-56 after a large message the next may be as large: the count begins anew", () => {
      const whole = frameTo(role, 2, new Uint8Array(300));
      const parts = [frameTo(role, 2, new Uint8Array(299), false), more(new Uint8Array(1))];
      expect(events([whole, ...parts, ...parts, whole], { maxMessageBytes: 300 })).toHaveLength(4);
    });

    test.each([
      ["(limit, 1)", [300, 1]],
      ["(0, limit, 1)", [0, 300, 1]],
      ["(1, limit)", [1, 300]],
      ["(1, 1, … 1)", Array.from({ length: 301 }, () => 1)],
    ])("V-10 a sum one past the limit, as %s, fails with 1009 at the header that crosses it", (_name, sizes) => {
      const frames = sizes.map((size, index) => frameTo(role, index === 0 ? 2 : 0, new Uint8Array(size), false));
      const last = frames.pop() as Uint8Array;
      const recorded = recordChunks([concat(frames)], { role, limits: { maxMessageBytes: 300 } });
      expect(recorded.events).toEqual([]);
      recorded.receive(last.subarray(0, last.length < 130 ? 2 : 4));
      expect(recorded.events).toEqual(["fail 1009"]);
    });

    test.each([2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n + 1n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 63n - 1n])(
      "V-09 a length of %s fails with 1009 after its ten bytes, before any payload, and takes no memory",
      (declaredLength) => {
        const stream = announced({ opcode: 2, declaredLength, payload: "payload" });
        const recorded = recordChunks([stream.subarray(0, 9)], { role });
        expect(recorded.events).toEqual([]);
        expect(recorded.connection.retainedBytes).toBeLessThanOrEqual(12 + 128);
        recorded.receive(stream.subarray(9, 10));
        expect(recorded.events).toEqual(["fail 1009"]);
        expect(recorded.connection.retainedBytes).toBe(0);
      },
    );

    test("V-01 V-02 the first fragment past the limit fails with 1008, empty or not; the last allowed one may end it", () => {
      const limits = { maxFragments: 4 };
      for (const payload of ["", "x"]) {
        const three = [text(payload, false), more(payload, false), more(payload, false)];
        expect(events([...three, more(payload)], limits)).toEqual([showText(payload.repeat(4))]);
        expect(events([...three, more(payload, false), more(payload)], limits)).toEqual(["fail 1008"]);
      }
    });
  });
});
