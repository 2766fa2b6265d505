import { describe, expect, test } from "vitest";
import { explainBytes } from "../../../../src/cli/decode/conversation.ts";
import { entryToJson, explainEntry } from "../../../../src/cli/decode/explanation.ts";
import { bytes, hex, utf8 } from "../../../support/byte-builder.ts";

const plain = { paint: (_style: string, text: string): string => text, mostBytes: 8, startedAt: undefined };
const lines = (input: Uint8Array): string[] => explainBytes(input).flatMap((entry) => explainEntry(entry, plain));
const objects = (input: Uint8Array) => explainBytes(input).map((entry) => entryToJson(entry, 8));

describe("explainEntry", () => {
  test("a frame: who, what, its bits and the bytes that say them, its payload", () => {
    expect(lines(hex("81 85 37 fa 21 3d 7f 9f 4d 51 58"))).toEqual([
      "@000000 client -> server text, FIN, masked, 5 bytes   [81 85 37 fa 21 3d]",
      '           "Hello"',
    ]);
  });

  test("a close says its code, what it means and why", () => {
    const [head, close] = lines(hex("88 05 03 e9 62 79 65"));
    expect([head, close]).toEqual([
      "@000000 server -> client close, FIN, not masked, 5 bytes   [88 05]",
      expect.stringMatching(/^ {11}1001 .*, reason "bye"$/),
    ]);
    expect(lines(hex("88 02 03 ed")).at(-1)).toMatch(/may not be sent.*1002/);
  });

  test("of a long payload the beginning, and how much more there is", () => {
    expect(lines(bytes(hex("82 0a"), new Uint8Array(10)))).toEqual([
      expect.stringContaining("binary, FIN"),
      expect.stringMatching(/00000000 {2}00 00 00 00 00 00 00 00 {2}/),
      "           and 2 more bytes; --bytes shows more",
    ]);
  });

  test("text that is none is said, and one that is cut inside a character is not", () => {
    expect(lines(hex("81 02 61 ff")).at(-1)).toContain("not valid UTF-8");
    const cut = lines(bytes(hex("81 0a"), utf8("1234567"), utf8("äx")));
    expect(cut).toEqual([
      expect.any(String),
      '           "1234567"',
      "           and 2 more bytes; --bytes shows more",
    ]);
  });

  test("V-56 what comes out of the dump moves no cursor and turns no text", () => {
    const evil = utf8("\u001b[2J\u202ea");
    const shown = lines(bytes(hex("81 08"), evil)).join(" ");
    expect(shown).toContain(String.raw`\x1b[2J\u202ea`);
    expect(shown).not.toMatch(/[\p{Cc}\u202e]/u);
    const head = lines(utf8("HTTP/1.1 200 \u001b[2J\r\nX: \u001b[31m\r\n\r\n")).join("\n");
    expect(head).not.toContain("\u001b");
  });

  test("V-50 heads go without secrets", () => {
    const request = "GET /x?token=canary1&a=b HTTP/1.1\r\nCookie: sid=canary2\r\nAuthorization: Bearer canary3\r\n\r\n";
    const shown = [...lines(utf8(request)), JSON.stringify(objects(utf8(request)))].join("\n");
    expect(shown).toContain("a=b");
    expect(shown).not.toContain("canary");
  });
});

test("entryToJson has what a program wants to know, and no more of a payload than asked for", () => {
  expect(objects(bytes(hex("01 03 48 65 6c  80 02 6c 6f  82 0a"), new Uint8Array(10), hex("83 00")))).toEqual([
    {
      kind: "frame",
      offset: 0,
      from: "server",
      opcode: "text",
      fin: false,
      rsv: 0,
      masked: false,
      length: 3,
      hex: "48656c",
    },
    {
      kind: "frame",
      offset: 5,
      from: "server",
      opcode: "continuation",
      fin: true,
      rsv: 0,
      masked: false,
      length: 2,
      text: "Hello",
      messageBytes: 5,
      frames: 2,
    },
    expect.objectContaining({ hex: "0000000000000000", moreBytes: 2, messageBytes: 10 }),
    expect.objectContaining({
      opcode: "reserved 0x3",
      faults: ["The opcode is reserved. (an endpoint closes with 1002)"],
    }),
  ]);
});
