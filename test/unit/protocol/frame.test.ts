import { expect, test } from "vitest";
import { describeFrame, isControl, nameOpcode, Opcode, type FrameHeader } from "../../../src/protocol/frame.ts";
import { bytes, utf8 } from "../../support/byte-builder.ts";

const plain: FrameHeader = {
  fin: true,
  rsv: 0,
  opcode: Opcode.text,
  masked: false,
  maskKey: 0,
  length: 5,
  headerBytes: 2,
  minimal: true,
};

test("the opcodes are those of RFC 6455 §11.8", () => {
  expect(Opcode).toEqual({ continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 });
});

test("opcodes 8 to 15 are control frames, the unknown ones too", () => {
  expect(Array.from({ length: 16 }, (_, opcode) => isControl(opcode)).indexOf(true)).toBe(8);
  expect(isControl(15)).toBe(true);
});

test("an opcode without a name is called reserved", () => {
  expect([0, 1, 2, 8, 9, 10].map(nameOpcode)).toEqual(["continuation", "text", "binary", "close", "ping", "pong"]);
  expect([3, 11, 15].map(nameOpcode)).toEqual(["reserved 0x3", "reserved 0xb", "reserved 0xf"]);
});

test("a frame prints itself in one line", () => {
  expect(describeFrame({ ...plain, masked: true }, utf8("hello"))).toBe('text fin masked 5 bytes "hello"');
  expect(describeFrame({ ...plain, fin: false, length: 1 })).toBe("text 1 byte");
  expect(describeFrame({ ...plain, rsv: 7, opcode: 3, length: 0 }, bytes())).toBe(
    "reserved 0x3 fin rsv1 rsv2 rsv3 0 bytes",
  );
  expect(describeFrame({ ...plain, rsv: 4 })).toBe("text fin rsv1 5 bytes");
  expect(describeFrame({ ...plain, opcode: Opcode.binary, length: 3 }, bytes(0, 15, 255))).toBe(
    "binary fin 3 bytes 00 0f ff",
  );
});

test("a close prints its code and reason, when it has one", () => {
  const close = { ...plain, opcode: Opcode.close, length: 5 };
  expect(describeFrame(close, bytes(3, 232, "bye"))).toBe('close fin 5 bytes 1000 "bye"');
  expect(describeFrame({ ...close, length: 1 }, bytes(3))).toBe("close fin 1 byte 03");
});

test("no more than 32 bytes of a payload are shown", () => {
  expect(describeFrame({ ...plain, length: 40 }, utf8("a".repeat(40)))).toBe(`text fin 40 bytes "${"a".repeat(32)}"…`);
  expect(describeFrame({ ...plain, opcode: 2, length: 33 }, new Uint8Array(33))).toMatch(
    /^binary fin 33 bytes( 00){32}…$/,
  );
  expect(describeFrame({ ...plain, length: 32 }, utf8("a".repeat(32)))).not.toContain("…");
});
