// RFC 6455 §5.1 to §5.3: masks, reserved bits, opcodes, the three forms of the length.

import { bigEndian, bytes } from "../../support/byte-builder.ts";
import { frameTo, showBytes, showText } from "../../support/naive-frame-codec.ts";
import { row, type Row, wrong } from "./row.ts";

export const framing: readonly Row[] = [
  row(
    "§5.1 P-31 P-32 a frame with the mask of the other direction ends the connection with 1002",
    (role) => [frameTo(role, 1, "right"), frameTo(role === "server" ? "client" : "server", 1, "wrong")],
    [showText("right"), "fail 1002"],
  ),

  ...[0x40, 0x20, 0x10].flatMap((rsv, index) => [
    row(
      `§5.2 P-33 RSV${index + 1} on a data frame is refused with 1002`,
      (role) => [wrong(role, { opcode: 1, rsv, payload: "x" })],
      ["fail 1002"],
    ),
    row(
      `§5.2 P-33 RSV${index + 1} on a control frame is refused with 1002`,
      (role) => [wrong(role, { opcode: 9, rsv })],
      ["fail 1002"],
    ),
    row(
      `§5.2 P-33 RSV${index + 1} on a continuation is refused with 1002`,
      (role) => [frameTo(role, 1, "a", false), wrong(role, { opcode: 0, rsv, payload: "b" })],
      ["fail 1002"],
    ),
  ]),

  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) =>
    row(
      `§5.2 P-34 V-11 opcode ${opcode} is refused with 1002 before its payload comes`,
      (role) => [frameTo(role, 1, "ok"), wrong(role, { opcode, lengthForm: 64, declaredLength: 1 << 20 })],
      [showText("ok"), "fail 1002"],
    ),
  ),

  ...[0, 1, 125, 126, 127, 65_535, 65_536].map((length) =>
    row(`§5.2 a payload of ${length} bytes is read`, (role) => [frameTo(role, 2, new Uint8Array(length).fill(0xa5))], [
      showBytes("binary", new Uint8Array(length).fill(0xa5)),
    ]),
  ),

  ...(
    [
      [5, 16],
      [125, 16],
      [5, 64],
      [126, 64],
      [65_535, 64],
    ] as const
  ).flatMap(([length, lengthForm]) => [
    row(
      `§5.2 P-37 ${length} bytes announced in ${lengthForm} bits are refused with 1002`,
      (role) => [wrong(role, { opcode: 1, lengthForm, payload: "x".repeat(length) })],
      ["fail 1002"],
    ),
    row(
      `§5.2 P-37 ${length} bytes announced in ${lengthForm} bits are read when the length may be lenient`,
      (role) => [wrong(role, { opcode: 1, lengthForm, payload: "x".repeat(length) })],
      [showText("x".repeat(length))],
      { lenientLength: true },
    ),
  ]),
  row(
    "§5.2 P-36 a 64-bit length with its first bit set is refused with 1002",
    (role) => [wrong(role, { opcode: 2, lengthForm: 64, declaredLength: 2n ** 63n })],
    ["fail 1002"],
  ),
  row(
    "§5.2 P-36 a 64-bit length of all ones is refused with 1002",
    (role) => [wrong(role, { opcode: 2, lengthForm: 64, declaredLength: 2n ** 64n - 1n })],
    ["fail 1002"],
  ),
  ...[
    2n ** 31n - 1n,
    2n ** 31n,
    2n ** 32n - 1n,
    2n ** 32n,
    2n ** 32n + 1n,
    2n ** 53n - 1n,
    2n ** 53n,
    2n ** 63n - 1n,
  ].map((length) =>
    row(
      `§5.2 V-09 a length of ${length} is refused with 1009 before a masking key or payload comes`,
      (role) => [bytes(0x82, role === "server" ? 0xff : 0x7f, bigEndian(length, 8))],
      ["fail 1009"],
    ),
  ),
  row(
    "§5.3 P-40 a masked frame without payload still has its masking key",
    (role) => [frameTo(role, 1), frameTo(role, 2), frameTo(role, 9), frameTo(role, 1, "then")],
    [showText(""), "binary", "ping", showText("then")],
  ),
];
