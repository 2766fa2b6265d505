// T3: what one side sends, the other reads: any messages, any chunking, either direction, any limits that allow them. And
// whatever our encoder writes, the naive codec, which forgives nothing, must read the same.
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { encodeMessageFrame } from "../../src/protocol/frame-encoder.ts";
import { cutAt } from "../support/chunkings.ts";
import { showBytes, showText, type Role } from "../support/naive-frame-codec.ts";
import { RecordedConnection, recordChunks } from "../support/recorded-connection.ts";
import { caseCount, runSeeds, SeededRandom } from "../support/seeded-random.ts";

type Sending =
  | { readonly kind: "message"; readonly data: string | Uint8Array }
  | { readonly kind: "frame"; readonly data: string | Uint8Array }
  | { readonly kind: "ping"; readonly payload: Uint8Array }
  | { readonly kind: "close"; readonly code: number; readonly reason: string };

const wellFormed = (text: string): string => Buffer.from(text).toString();

// Sizes around the borders of the length forms; those of 64 KiB are rare, because they take the time of a hundred others.
const border = fc.oneof(
  { weight: 60, arbitrary: fc.integer({ min: 120, max: 130 }) },
  { weight: 1, arbitrary: fc.integer({ min: 65_530, max: 65_540 }) },
);
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({ unit: "grapheme-composite", maxLength: 20 }),
  // UTF-16 units at random: many lone surrogates.
  fc.array(fc.integer({ min: 0xd700, max: 0xe0ff }), { maxLength: 8 }).map((units) => String.fromCharCode(...units)),
  border.map((length) => "é".repeat(length >> 1).padEnd(length - (length >> 1))),
);
const binary = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  border.map((length) => new Uint8Array(length).fill(length)),
);
const data = fc.oneof({ weight: 3, arbitrary: text }, { weight: 2, arbitrary: binary });
const sending: fc.Arbitrary<Sending> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("message" as const), data }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("frame" as const), data }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("ping" as const), payload: fc.uint8Array({ maxLength: 125 }) }),
  },
);
const code = fc.constantFrom(1000, 1001, 1003, 1011, 1012, 1013, 3000, 4999, 1005);
const closing: fc.Arbitrary<Sending> = fc.record({
  kind: fc.constant("close" as const),
  code,
  reason: fc.string({ maxLength: 20 }),
});
const conversation = fc
  .tuple(fc.array(sending, { maxLength: 8 }), fc.option(closing, { nil: undefined }))
  .map(([sendings, last]) => (last === undefined ? sendings : [...sendings, last]));

function lineOf(what: Sending): string {
  switch (what.kind) {
    case "ping":
      return showBytes("ping", what.payload);
    case "close":
      return `close ${what.code} ${JSON.stringify(what.code === 1005 ? "" : wellFormed(what.reason))}`;
    case "message":
    case "frame":
      return typeof what.data === "string" ? showText(wellFormed(what.data)) : showBytes("binary", what.data);
  }
}

function send(recorded: RecordedConnection, what: Sending): void {
  const { connection, role, now } = recorded;
  if (what.kind === "ping") connection.sendPing(what.payload);
  else if (what.kind === "close") connection.sendClose(what.code, what.reason, now);
  else if (what.kind === "frame" && role === "server") connection.sendFrame(encodeMessageFrame(what.data));
  else connection.sendMessage(what.data);
}

describe.each(runSeeds("round trip"))("T3 $name", ({ seed }) => {
  const numRuns = caseCount(2_000);

  for (const role of ["server", "client"] as const satisfies readonly Role[]) {
    const other: Role = role === "server" ? "client" : "server";

    test(`T3 what a ${role} sends, a ${other} reads, however it is cut`, () => {
      const property = fc.property(
        conversation,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 10 }),
        fc.integer(),
        (sendings, places, keySeed) => {
          const sender = new RecordedConnection({ role, random: new SeededRandom(keySeed) });
          for (const what of sendings) send(sender, what);
          const expected = sendings.map(lineOf);
          expect(sender.sentEvents, "the naive codec").toEqual(expected);

          const stream = sender.sent;
          const cuts = places.map((place) => Math.floor(place * stream.length)).sort((left, right) => left - right);
          const reader = recordChunks(cutAt(stream, cuts), { role: other });
          expect(reader.events).toEqual(expected);

          // What the reader answers goes back, and ends the conversation where a Close began it.
          sender.receive(reader.sent);
          const pongs = sendings.flatMap((what) => (what.kind === "ping" ? [showBytes("pong", what.payload)] : []));
          const isClosed = sendings.at(-1)?.kind === "close";
          // Pongs that come after our own Close are read past.
          expect(sender.events).toEqual(isClosed ? [expected.at(-1)] : pongs);
          expect(sender.connection.state).toBe(isClosed ? "both-closed" : "open");
          expect(reader.connection.state).toBe(sender.connection.state);
        },
      );
      fc.assert(property, { seed, numRuns });
    });
  }

  test("T3 a message of exactly the limit arrives and one byte more is refused, in text and binary", () => {
    const property = fc.property(data, fc.boolean(), (message, isMasked) => {
      const bytes = Buffer.byteLength(typeof message === "string" ? wellFormed(message) : message);
      if (bytes === 0) return;
      const role = isMasked ? "server" : "client";
      const sender = new RecordedConnection({ role: isMasked ? "client" : "server" });
      sender.connection.sendMessage(message);
      const line = lineOf({ kind: "message", data: message });
      expect(recordChunks([sender.sent], { role, limits: { maxMessageBytes: bytes } }).events).toEqual([line]);
      expect(recordChunks([sender.sent], { role, limits: { maxMessageBytes: bytes - 1 } }).events).toEqual([
        "fail 1009",
      ]);
    });
    fc.assert(property, { seed, numRuns: Math.ceil(numRuns / 3) });
  });
});
