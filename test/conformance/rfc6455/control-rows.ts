// RFC 6455 §5.5, §7: pings, pongs and what a Close may say.

import { hex, utf8 } from "../../support/byte-builder.ts";
import { frameTo, showBytes, showText } from "../../support/naive-frame-codec.ts";
import { closeWith, row, type Row, wrong } from "./row.ts";

export const control: readonly Row[] = [
  ...(
    [
      ["Close", 8],
      ["Ping", 9],
      ["Pong", 10],
    ] as const
  ).flatMap(([name, opcode]) => [
    row(
      `§5.5 P-35 a ${name} of 126 bytes is refused with 1002`,
      (role) => [frameTo(role, opcode, new Uint8Array(126))],
      ["fail 1002"],
    ),
    row(
      `§5.5 P-35 a ${name} that announces 5 bytes in 16 bits is refused with 1002`,
      (role) => [wrong(role, { opcode, lengthForm: 16, payload: "hello" })],
      ["fail 1002"],
      { lenientLength: true },
    ),
    row(`§5.5 P-35 a ${name} that is not final is refused with 1002`, (role) => [frameTo(role, opcode, "", false)], [
      "fail 1002",
    ]),
  ]),
  row(
    "§5.5 P-35 a control frame of 125 bytes is read",
    (role) => [frameTo(role, 9, new Uint8Array(125).fill(0xfe)), frameTo(role, 10, new Uint8Array(125).fill(0xff))],
    [showBytes("ping", new Uint8Array(125).fill(0xfe)), showBytes("pong", new Uint8Array(125).fill(0xff))],
  ),
  row(
    "§5.5.2 P-70 a Pong carries exactly the bytes of its Ping, UTF-8 or not",
    (role) => [frameTo(role, 9, hex("ff fe c0 80 00")), frameTo(role, 9)],
    ["ping fffec08000", "ping"],
  ),
  row(
    "§5.5.2 P-47 while the peer reads, every Ping gets its own Pong",
    (role) => Array.from({ length: 10 }, (_, index) => frameTo(role, 9, `ping ${index}`)),
    Array.from({ length: 10 }, (_, index) => showBytes("ping", utf8(`ping ${index}`))),
  ),
  row(
    "§5.5.3 P-71 a Pong nobody asked for is not answered",
    (role) => [frameTo(role, 10, "hello"), frameTo(role, 1, "on")],
    [showBytes("pong", utf8("hello")), showText("on")],
  ),
  row(
    "§5.6 P-57 text arrives as text and binary as binary, whatever the bytes",
    (role) => [frameTo(role, 1, "same"), frameTo(role, 2, "same")],
    [showText("same"), showBytes("binary", utf8("same"))],
  ),
];

export const closing: readonly Row[] = [
  row(
    "§5.5.1 P-58 a Close without payload reads as 1005 and is answered without payload",
    (role) => [frameTo(role, 8)],
    [`close 1005 ""`],
  ),
  row("§5.5.1 P-58 a Close of one byte is refused with 1002", (role) => [frameTo(role, 8, "x")], ["fail 1002"]),
  row(
    "§5.5.1 P-58 a Close with a code only is answered with that code",
    (role) => [frameTo(role, 8, closeWith(1000))],
    [`close 1000 ""`],
  ),
  row(
    "§5.5.1 P-58 a Close of 125 bytes is answered with its code",
    (role) => [frameTo(role, 8, closeWith(1000, "r".repeat(123)))],
    [`close 1000 "${"r".repeat(123)}"`],
  ),
  row(
    "§5.5.1 P-48 a Close between fragments is answered, the unfinished message dropped",
    (role) => [
      frameTo(role, 1, "never fini", false),
      frameTo(role, 8, closeWith(1001, "leaving")),
      frameTo(role, 0, "shed"),
    ],
    [`close 1001 "leaving"`],
  ),
  row(
    "§5.5.1 P-62 nothing after a Close is read: no data, no Pong, no second answer",
    (role) => [
      frameTo(role, 8, closeWith(1000)),
      frameTo(role, 1, "late"),
      frameTo(role, 9, "late"),
      frameTo(role, 8, closeWith(1001)),
      wrong(role, { opcode: 15, rsv: 0x70 }),
    ],
    [`close 1000 ""`],
  ),
  row(
    "§5.5.1 V-15 ten thousand Closes get one answer",
    (role) => Array.from({ length: 10_000 }, () => frameTo(role, 8, closeWith(4999))),
    [`close 4999 ""`],
  ),
  row(
    "§7.1.7 P-44 what follows a violation is not read, and there is no second one",
    (role) => [
      frameTo(role, 1, "before"),
      frameTo(role, 0, "nothing to continue"),
      frameTo(role, 1, "after"),
      frameTo(role, 0, "again"),
      frameTo(role, 8),
    ],
    [showText("before"), "fail 1002"],
  ),
  ...[1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999].map((code) =>
    row(
      `§7.4 P-60 the close code ${code} is accepted and answered`,
      (role) => [frameTo(role, 8, closeWith(code, "why"))],
      [`close ${code} "why"`],
    ),
  ),
  ...[0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 1999, 2000, 2999, 5000, 65_535].map((code) =>
    row(`§7.4 P-59 the close code ${code} is refused with 1002`, (role) => [frameTo(role, 8, closeWith(code))], [
      "fail 1002",
    ]),
  ),
  row(
    "§8.1 P-61 a close reason that is not UTF-8 is refused with 1007",
    (role) => [frameTo(role, 8, closeWith(1000, hex("c3 28")))],
    ["fail 1007"],
  ),
  row(
    "§8.1 P-61 a close reason that ends inside a character is refused with 1007",
    (role) => [frameTo(role, 8, closeWith(1000, hex("e2 82")))],
    ["fail 1007"],
  ),
  row(
    "§8.1 a close reason keeps its characters of every length",
    (role) => [frameTo(role, 8, closeWith(3000, "aé€🜁"))],
    [`close 3000 "aé€🜁"`],
  ),
];
