// Every rule on the header, for both sides, in the order in which a header tells it.
import { describe, expect, test } from "vitest";
import { checkFrame, violations, type FrameContext, type Side } from "../../../src/protocol/frame-check.ts";
import { FrameDecoder } from "../../../src/protocol/frame-decoder.ts";
import { bytes, hex, utf8 } from "../../support/byte-builder.ts";
import { writeFrame, type NaiveFrame } from "../../support/naive-frame-codec.ts";

const sides: readonly Side[] = ["server", "client"];

const fresh: Omit<FrameContext, "side"> = {
  inMessage: false,
  messageBytes: 0,
  fragmentCount: 0,
  maxMessageBytes: 1_000,
  maxFragments: 3,
  lenientLength: false,
};
const within: Partial<FrameContext> = { inMessage: true, messageBytes: 10, fragmentCount: 1 };

/** The verdict on the first `known` bytes of the frame's header; all of it by default. */
function judge(side: Side, frame: NaiveFrame, context: Partial<FrameContext> = {}, known?: number): string {
  const key = side === "server" ? hex("01 02 03 04") : undefined;
  const written = writeFrame({ key, ...frame });
  const header = new FrameDecoder();
  header.read(written, 0, known ?? written.length);
  const violation = checkFrame(header, { side, ...fresh, ...context });
  return violation === undefined ? "fine" : `${violation.closeCode} ${violation.code}`;
}

describe.each(sides)("a %s", (side) => {
  test("P-31 P-32 refuses a frame with the wrong mask bit with 1002", () => {
    const wrong = side === "server" ? undefined : hex("01 02 03 04");
    const expected = side === "server" ? "1002 LW_PROTOCOL_MASK_MISSING" : "1002 LW_PROTOCOL_MASK_PRESENT";
    for (const opcode of [1, 2, 8, 9, 10]) expect(judge(side, { opcode, key: wrong }), String(opcode)).toBe(expected);
    expect(judge(side, { opcode: 0, key: wrong }, within)).toBe(expected);
    for (const opcode of [1, 2, 8, 9, 10]) expect(judge(side, { opcode }), String(opcode)).toBe("fine");
  });

  test.each([0x10, 0x20, 0x40, 0x30, 0x50, 0x60, 0x70])(
    "P-33 refuses reserved bits %i with 1002, on data, continuation and control frames",
    (rsv) => {
      for (const opcode of [1, 2, 8, 9, 10]) expect(judge(side, { opcode, rsv })).toBe("1002 LW_PROTOCOL_RSV_SET");
      expect(judge(side, { opcode: 0, rsv }, within)).toBe("1002 LW_PROTOCOL_RSV_SET");
    },
  );

  test.each([3, 4, 5, 6, 7, 11, 12, 13, 14, 15])("P-34 V-11 refuses the opcode %i from two bytes on", (opcode) => {
    expect(judge(side, { opcode })).toBe("1002 LW_PROTOCOL_OPCODE_RESERVED");
    expect(judge(side, { opcode, declaredLength: 1 << 20 }, {}, 2)).toBe("1002 LW_PROTOCOL_OPCODE_RESERVED");
  });

  test.each([8, 9, 10])("P-35 refuses the control frame %i when it is too long or in fragments", (opcode) => {
    const payload = new Uint8Array(126);
    expect(judge(side, { opcode, payload: payload.subarray(1) })).toBe("fine");
    expect(judge(side, { opcode, payload })).toBe("1002 LW_PROTOCOL_CONTROL_TOO_LONG");
    expect(judge(side, { opcode, payload }, {}, 2)).toBe("1002 LW_PROTOCOL_CONTROL_TOO_LONG");
    expect(judge(side, { opcode, payload: "hello", lengthForm: 16 })).toBe("1002 LW_PROTOCOL_CONTROL_TOO_LONG");
    expect(judge(side, { opcode, payload: "hello", lengthForm: 64 })).toBe("1002 LW_PROTOCOL_CONTROL_TOO_LONG");
    expect(judge(side, { opcode, fin: false })).toBe("1002 LW_PROTOCOL_CONTROL_FRAGMENTED");
    expect(judge(side, { opcode, fin: false }, within)).toBe("1002 LW_PROTOCOL_CONTROL_FRAGMENTED");
    expect(judge(side, { opcode }, within)).toBe("fine");
  });

  test("P-36 V-09 refuses a 64-bit length that begins with a set bit with 1002, whatever the limit", () => {
    for (const declaredLength of [2n ** 63n, 2n ** 64n - 1n]) {
      expect(judge(side, { opcode: 2, declaredLength })).toBe("1002 LW_PROTOCOL_LENGTH_INVALID");
      expect(judge(side, { opcode: 2, declaredLength }, { lenientLength: true })).toBe(
        "1002 LW_PROTOCOL_LENGTH_INVALID",
      );
    }
  });

  test("P-37 refuses lengths in a form longer than needed with 1002, unless told to be lenient", () => {
    for (const frame of [
      { opcode: 1, payload: "hello", lengthForm: 16 },
      { opcode: 1, payload: "hello", lengthForm: 64 },
      { opcode: 2, payload: new Uint8Array(126), lengthForm: 64 },
    ] as const) {
      expect(judge(side, frame)).toBe("1002 LW_PROTOCOL_LENGTH_NOT_MINIMAL");
      expect(judge(side, frame, { lenientLength: true })).toBe("fine");
    }
  });

  test("P-45 refuses a continuation of nothing with 1002, whether it is final or not", () => {
    for (const fin of [true, false]) {
      expect(judge(side, { opcode: 0, fin })).toBe("1002 LW_PROTOCOL_NOTHING_TO_CONTINUE");
      expect(judge(side, { opcode: 0, fin }, within)).toBe("fine");
    }
  });

  test("P-46 refuses a new message inside one that is not finished with 1002", () => {
    for (const opcode of [1, 2]) {
      expect(judge(side, { opcode }, within)).toBe("1002 LW_PROTOCOL_MESSAGE_UNFINISHED");
      expect(judge(side, { opcode, fin: false }, within)).toBe("1002 LW_PROTOCOL_MESSAGE_UNFINISHED");
    }
  });

  test("P-56 V-10 refuses the frame that brings a message past the limit with 1009, and none before", () => {
    expect(judge(side, { opcode: 2, declaredLength: 1_000 })).toBe("fine");
    expect(judge(side, { opcode: 2, declaredLength: 1_001 })).toBe("1009 LW_PROTOCOL_MESSAGE_TOO_BIG");
    expect(judge(side, { opcode: 0, declaredLength: 990 }, within)).toBe("fine");
    expect(judge(side, { opcode: 0, declaredLength: 991 }, within)).toBe("1009 LW_PROTOCOL_MESSAGE_TOO_BIG");
    expect(judge(side, { opcode: 1, declaredLength: 1 }, { maxMessageBytes: 0 })).toBe(
      "1009 LW_PROTOCOL_MESSAGE_TOO_BIG",
    );
  });

  test.each([2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n + 1n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 63n - 1n])(
    "V-09 refuses the length %s with 1009 as soon as it is known, before the key",
    (declaredLength) => {
      expect(judge(side, { opcode: 2, declaredLength }, {}, 9)).toBe("fine");
      expect(judge(side, { opcode: 2, declaredLength }, {}, 10)).toBe("1009 LW_PROTOCOL_MESSAGE_TOO_BIG");
      expect(judge(side, { opcode: 0, declaredLength }, within, 10)).toBe("1009 LW_PROTOCOL_MESSAGE_TOO_BIG");
    },
  );

  test("V-01 V-02 refuses one fragment more than allowed with 1008, empty ones too", () => {
    const third = { ...within, fragmentCount: 2 };
    const fourth = { ...within, fragmentCount: 3 };
    expect(judge(side, { opcode: 0, fin: false }, third)).toBe("fine");
    expect(judge(side, { opcode: 0, fin: false }, fourth)).toBe("1008 LW_PROTOCOL_TOO_MANY_FRAGMENTS");
    expect(judge(side, { opcode: 0, payload: "x" }, fourth)).toBe("1008 LW_PROTOCOL_TOO_MANY_FRAGMENTS");
    expect(judge(side, { opcode: 9 }, fourth)).toBe("fine");
  });

  test("P-38 what two bytes tell is judged before what the length tells, so that a cut changes no verdict", () => {
    const wrong: [NaiveFrame, Partial<FrameContext>][] = [
      [{ opcode: 3, declaredLength: 2n ** 63n }, {}],
      [{ opcode: 1, rsv: 0x40, declaredLength: 2n ** 40n }, {}],
      [{ opcode: 0, declaredLength: 2n ** 40n }, {}],
      [{ opcode: 1, declaredLength: 2n ** 40n }, within],
      [
        { opcode: 0, declaredLength: 2n ** 40n },
        { ...within, fragmentCount: 3 },
      ],
      [{ opcode: 9, fin: false, declaredLength: 2n ** 40n }, {}],
    ];
    for (const [frame, context] of wrong) {
      const early = judge(side, frame, context, 2);
      expect(early).not.toBe("fine");
      expect(judge(side, frame, context)).toBe(early);
    }
  });
});

test("every violation is frozen and its message fits a Close frame", () => {
  for (const violation of Object.values(violations)) {
    expect(Object.isFrozen(violation)).toBe(true);
    expect(utf8(violation.message).length).toBeLessThanOrEqual(123);
    expect(violation.message).toMatch(/^[ -~]+\.$/);
    expect(violation.code).toMatch(/^LW_PROTOCOL_[A-Z0-9_]+$/);
    expect([1002, 1007, 1008, 1009]).toContain(violation.closeCode);
  }
  const codes = Object.values(violations).map(({ code }) => code);
  expect(new Set(codes).size).toBe(codes.length);
});

test("P-40 a masked frame without payload still has its key", () => {
  expect(judge("server", { opcode: 1, key: bytes(0, 0, 0, 0) })).toBe("fine");
  expect(judge("server", { opcode: 1, key: bytes(0, 0, 0, 0) }, {}, 5)).toBe("fine");
  const header = new FrameDecoder();
  expect(header.read(hex("81 80 00 00 00"), 0, 5)).toBe(0);
  expect(header.read(hex("81 80 00 00 00 00"), 0, 6)).toBe(6);
});
