// T6 once more, through the whole connection: every character cut at each of its bytes, over fragments and over chunks, and
// every way to break a text found at exactly the byte that breaks it. utf8.property.ts tries the validator by itself.
import { describe, expect, test } from "vitest";

import { bytes, utf8 } from "../support/byte-builder.ts";
import { cutAt, everyPartition } from "../support/chunkings.ts";
import { frameTo, showText, writeFrame, type Role } from "../support/naive-frame-codec.ts";
import { badUtf8At } from "../support/naive-utf8.ts";
import { RecordedConnection } from "../support/recorded-connection.ts";

const limits = { maxMessageBytes: 8 << 20, maxFragments: 2_000_000 };

function everyCharacter(): string {
  const parts: string[] = [];
  for (let code = 1; code <= 0x10ffff; code++) {
    if (code < 0xd800 || code > 0xdfff) parts.push(String.fromCodePoint(code));
  }
  return parts.join("");
}

describe("P-51 every character", () => {
  const text = everyCharacter();
  const encoded = utf8(text);
  const line = showText(text);
  // Pieces of five bytes: with five phases each character is cut at each of its bytes.
  const phases = [1, 2, 3, 4, 5];

  test.each(phases)("T6 P-51 may be cut over fragments: phase %i", (phase) => {
    const stream = new Uint8Array(encoded.length + 2 * (encoded.length / 5 + 3));
    let end = 0;
    const add = (first: number, payload: Uint8Array): void => {
      stream[end] = first;
      stream[end + 1] = payload.length;
      stream.set(payload, end + 2);
      end += 2 + payload.length;
    };
    add(0x01, encoded.subarray(0, phase));
    for (let at = phase; at < encoded.length; at += 5) add(0x00, encoded.subarray(at, at + 5));
    add(0x80, new Uint8Array());
    const recorded = new RecordedConnection({ role: "client", limits });
    recorded.receive(stream.subarray(0, end));
    expect(recorded.events.length).toBe(1);
    expect(recorded.events[0] === line).toBe(true);
  });

  test.each(phases)("T6 P-51 may be cut over chunks: phase %i", (phase) => {
    const frame = frameTo("server", 1, encoded);
    const recorded = new RecordedConnection({ role: "server", limits });
    const header = frame.length - encoded.length;
    recorded.connection.receive(frame.subarray(0, header + phase), 0);
    for (let at = header + phase; at < frame.length; at += 5)
      recorded.connection.receive(frame.subarray(at, at + 5), 0);
    expect(recorded.events.length).toBe(1);
    expect(recorded.events[0] === line).toBe(true);
  });
});

// One byte from each end of each range that UTF-8 tells apart, ASCII and continuations once.
const telling = [
  0x41, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xed, 0xee, 0xf0, 0xf1, 0xf4, 0xf5,
];

/** All sequences of `length` telling bytes that break at their last byte or not at all. */
function* sequences(length: number): Generator<number[]> {
  if (length === 0) {
    yield [];
    return;
  }
  for (const start of sequences(length - 1)) {
    if (badUtf8At(Uint8Array.from(start)) === undefined) for (const byte of telling) yield [...start, byte];
  }
}

describe.each(["server", "client"] as const satisfies readonly Role[])("a %s", (role) => {
  // Short texts and texts after a prefix take different ways through the machine.
  for (const prefix of [
    "",
    "some ASCII text that is longer than a word or two",
    "κόσμε, a text with more than ASCII in it",
  ]) {
    test(`T6 P-50 after ${prefix.length} characters, a text is refused at the byte that breaks it, not before and not later`, () => {
      for (const sequence of [1, 2, 3, 4].flatMap((length) => [...sequences(length)])) {
        const payload = bytes(prefix, sequence);
        const breaksAt = badUtf8At(payload);
        const key = role === "server" ? Uint8Array.of(0x80, 0x01, 0xff, 0x5a) : undefined;
        const frame = writeFrame({ opcode: 1, payload, declaredLength: 120, key });
        const recorded = new RecordedConnection({ role });
        const { connection } = recorded;
        const payloadAt = frame.length - payload.length;
        const first = payloadAt + utf8(prefix).length;
        connection.receive(frame.subarray(0, first), 0);
        for (let at = first; at < frame.length; at++) {
          connection.receive(frame.subarray(at, at + 1), 0);
          const hasFailed = connection.state === "failed";
          if (hasFailed !== (breaksAt !== undefined && at - payloadAt >= breaksAt)) {
            expect.fail(
              `${sequence.map((byte) => byte.toString(16)).join(" ")}: ${connection.state} after byte ${at - payloadAt}`,
            );
          }
        }
      }
    });
  }

  test("T6 P-50 P-51 P-52 any sequence of four bytes is judged the same over all its fragments and chunks", () => {
    for (const sequence of [...sequences(3), ...sequences(4)]) {
      const payload = Uint8Array.from(sequence);
      const verdicts = new Set<string>();
      for (const cuts of everyPartition(payload.length)) {
        const pieces = cutAt(payload, cuts);
        const fragments = pieces.map((piece, index) =>
          frameTo(role, index === 0 ? 1 : 0, piece, index === pieces.length - 1),
        );
        const recorded = new RecordedConnection({ role });
        for (const fragment of fragments) recorded.connection.receive(fragment, 0);
        verdicts.add(recorded.events.join());
      }
      const text = Buffer.from(payload);
      const expected = text.toString().includes("\ufffd") ? "fail 1007" : showText(text.toString());
      if (verdicts.size !== 1 || !verdicts.has(expected))
        expect.fail(`${sequence.join(" ")}: ${[...verdicts].join(" or ")}`);
    }
  });
});
