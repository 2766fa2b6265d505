// RFC 6455 §5.4, §8.1, §10.4: fragments, sizes and text.

import { bytes, hex, utf8 } from "../../support/byte-builder.ts";
import { frameTo, showBytes, showText } from "../../support/naive-frame-codec.ts";
import { row, type Row, wrong } from "./row.ts";

export const fragmentation: readonly Row[] = [
  row(
    "§5.4 a message comes in one frame or in many, and means the same",
    (role) => [
      frameTo(role, 1, "Hello"),
      frameTo(role, 1, "Hel", false),
      frameTo(role, 0, "lo"),
      frameTo(role, 2, Uint8Array.of(1, 2), false),
      frameTo(role, 0, Uint8Array.of(3), false),
      frameTo(role, 0, Uint8Array.of(4)),
    ],
    [showText("Hello"), showText("Hello"), "binary 01020304"],
  ),
  row("§5.4 P-45 a final continuation of nothing is refused with 1002", (role) => [frameTo(role, 0, "x")], [
    "fail 1002",
  ]),
  row("§5.4 P-45 a first continuation of nothing is refused with 1002", (role) => [frameTo(role, 0, "x", false)], [
    "fail 1002",
  ]),
  row(
    "§5.4 P-45 a continuation after a finished message is refused with 1002",
    (role) => [frameTo(role, 1, "a", false), frameTo(role, 0, "b"), frameTo(role, 0, "c")],
    [showText("ab"), "fail 1002"],
  ),
  row(
    "§5.4 P-46 a text inside an unfinished message is refused with 1002",
    (role) => [frameTo(role, 1, "a", false), frameTo(role, 1, "b")],
    ["fail 1002"],
  ),
  row(
    "§5.4 P-46 a binary inside an unfinished message is refused with 1002",
    (role) => [frameTo(role, 2, "a", false), frameTo(role, 2, "b", false)],
    ["fail 1002"],
  ),
  row(
    "§5.4 P-47 a control frame may come between fragments",
    (role) => [
      frameTo(role, 1, "Hel", false),
      frameTo(role, 9, "now"),
      frameTo(role, 0, "l", false),
      frameTo(role, 10, "beat"),
      frameTo(role, 0, "o"),
    ],
    [showBytes("ping", utf8("now")), showBytes("pong", utf8("beat")), showText("Hello")],
  ),
  row(
    "§5.4 P-49 fragments without payload are part of their message",
    (role) => [frameTo(role, 1, "", false), frameTo(role, 0, "middle", false), frameTo(role, 0, "")],
    [showText("middle")],
  ),
  row(
    "§5.4 P-49 fragments that are all empty are one empty message",
    (role) => [
      frameTo(role, 1, "", false),
      frameTo(role, 0, "", false),
      frameTo(role, 0, ""),
      frameTo(role, 2, "", false),
      frameTo(role, 0, ""),
    ],
    [showText(""), "binary"],
  ),
  row(
    "§5.4 as many fragments as the limit allows are one message",
    (role) => [
      frameTo(role, 2, "a", false),
      frameTo(role, 0, "b", false),
      frameTo(role, 0, "c"),
      frameTo(role, 2, "d"),
    ],
    ["binary 616263", "binary 64"],
    { limits: { maxFragments: 3 } },
  ),
  row(
    "§5.4 a fragment more than the limit allows is refused with 1008",
    (role) => [
      frameTo(role, 2, "a", false),
      frameTo(role, 0, "b", false),
      frameTo(role, 0, "c", false),
      frameTo(role, 0, ""),
    ],
    ["fail 1008"],
    { limits: { maxFragments: 3 } },
  ),
  row(
    "§5.4 V-02 empty fragments count as fragments",
    (role) => [frameTo(role, 2, "", false), ...Array.from({ length: 20_000 }, () => frameTo(role, 0, "", false))],
    ["fail 1008"],
    { limits: { maxFragments: 20_000 } },
  ),
  row(
    "§5.4 V-02 twenty thousand empty fragments are one empty message",
    (role) => [
      frameTo(role, 2, "", false),
      ...Array.from({ length: 20_000 }, () => frameTo(role, 0, "", false)),
      frameTo(role, 0, ""),
    ],
    ["binary"],
  ),
];

const tooBig = { maxMessageBytes: 100 };
export const sizes: readonly Row[] = [
  row(
    "§10.4 P-56 a message of exactly the limit is read",
    (role) => [frameTo(role, 1, "é".repeat(50))],
    [showText("é".repeat(50))],
    { limits: tooBig },
  ),
  row(
    "§10.4 P-56 text one byte past the limit is refused with 1009, counted in bytes",
    (role) => [frameTo(role, 1, `${"é".repeat(50)}x`)],
    ["fail 1009"],
    { limits: tooBig },
  ),
  ...([[100, 1], [0, 100, 1], [50, 50, 1], [101]] as const).map((parts) =>
    row(
      `§10.4 V-10 fragments of ${parts.join(" + ")} bytes are refused with 1009 at the header that crosses 100`,
      (role) => [
        ...parts.slice(0, -1).map((length, index) => frameTo(role, index === 0 ? 2 : 0, new Uint8Array(length), false)),
        wrong(role, { opcode: parts.length === 1 ? 2 : 0, declaredLength: parts.at(-1) ?? 0 }),
      ],
      ["fail 1009"],
      { limits: tooBig },
    ),
  ),
  row(
    "§10.4 V-10 the limit counts each message from 0",
    (role) => [
      frameTo(role, 2, new Uint8Array(60), false),
      frameTo(role, 0, new Uint8Array(40)),
      frameTo(role, 2, new Uint8Array(100)),
    ],
    [showBytes("binary", new Uint8Array(100)), showBytes("binary", new Uint8Array(100))],
    { limits: tooBig },
  ),
];

const everyLength = "κόσμε \u0080߿ࠀ\u{10000}\u{10ffff}";
export const text: readonly Row[] = [
  row(
    "§8.1 P-51 a character may be cut over fragments at each of its bytes",
    (role) => {
      const whole = utf8(everyLength);
      return [...whole].map((byte, index) =>
        frameTo(role, index === 0 ? 1 : 0, Uint8Array.of(byte), index === whole.length - 1),
      );
    },
    [showText(everyLength)],
  ),
  row(
    "§8.1 P-51 an empty fragment may come inside a character",
    (role) => [
      frameTo(role, 1, hex("e2"), false),
      frameTo(role, 0, "", false),
      frameTo(role, 9),
      frameTo(role, 0, hex("82 ac")),
    ],
    ["ping", showText("€")],
  ),
  row(
    "§8.1 P-50 a byte that breaks a text is refused with 1007 though its frame is not complete",
    (role) => [frameTo(role, 1, "fine"), wrong(role, { opcode: 1, payload: bytes("ab", 0xff), declaredLength: 50 })],
    [showText("fine"), "fail 1007"],
  ),
  row(
    "§8.1 P-50 a byte that breaks a text is refused with 1007 though its message goes on",
    (role) => [frameTo(role, 1, bytes("κόσμε", 0xf4, 0x90), false)],
    ["fail 1007"],
  ),
  row(
    "§8.1 P-50 a byte that breaks a character begun in the fragment before is refused with 1007",
    (role) => [
      frameTo(role, 1, bytes("κόσμε", 0xf4), false),
      wrong(role, { opcode: 0, fin: false, payload: hex("90"), declaredLength: 20 }),
    ],
    ["fail 1007"],
  ),
  row(
    "§8.1 P-52 a text that ends inside a character is refused with 1007",
    (role) => [frameTo(role, 1, bytes("ab", 0xe2, 0x82))],
    ["fail 1007"],
  ),
  row(
    "§8.1 P-52 fragments that end inside a character are refused with 1007",
    (role) => [frameTo(role, 1, bytes("ab", 0xf0), false), frameTo(role, 0, hex("9f 9c"))],
    ["fail 1007"],
  ),
  ...(
    [
      ["a surrogate", "ed a0 80"],
      ["a low surrogate", "ed bf bf"],
      ["an overlong slash", "c0 af"],
      ["an overlong NUL", "e0 80 80"],
      ["an overlong form of four bytes", "f0 8f bf bf"],
      ["a code past U+10FFFF", "f4 90 80 80"],
      ["a lead byte past F4", "f5 80 80 80"],
      ["a continuation byte alone", "80"],
      ["the byte FE", "fe"],
      ["the byte FF", "ff"],
    ] as const
  ).map(([name, digits]) =>
    row(
      `§8.1 P-53 ${name} (${digits}) is refused with 1007`,
      (role) => [frameTo(role, 1, bytes("x", hex(digits), "y"))],
      ["fail 1007"],
    ),
  ),
  row(
    "§8.1 P-53 noncharacters and the neighbours of the surrogates are text",
    (role) => [frameTo(role, 1, "\ud7ff\ue000\ufffd\ufffe\uffff\u{1ffff}\u{10ffff}")],
    [showText("\ud7ff\ue000\ufffd\ufffe\uffff\u{1ffff}\u{10ffff}")],
  ),
  row(
    "§8.1 P-54 a byte order mark and a NUL stay in the text",
    (role) => [
      frameTo(role, 1, "\ufefftext\0"),
      frameTo(role, 1, "\ufeff"),
      frameTo(role, 1, "\ufeff", false),
      frameTo(role, 0, "é"),
    ],
    [showText("\ufefftext\0"), showText("\ufeff"), showText("\ufeffé")],
  ),
  row(
    "§8.1 binary is not looked at",
    (role) => [frameTo(role, 2, hex("ff fe c0 ed a0 80"), false), frameTo(role, 0, hex("f5"))],
    ["binary fffec0eda080f5"],
  ),
];
