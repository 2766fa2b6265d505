import { expect, it } from "vitest";
import type { ShownEntry, ShownFrame, ShownPacket } from "longwire/inspector";
import { entryText } from "../../../../web/inspect/entry-text.ts";

const payload = (text: string) => ({ text, base64: undefined, length: text.length, isCut: false });
const frame = (more: Partial<ShownFrame>): ShownFrame => ({
  kind: "frame",
  at: 1,
  direction: "in",
  bytes: 8,
  name: "text",
  opcode: 1,
  fin: true,
  rsv: 0,
  masked: true,
  headerBytes: 6,
  close: undefined,
  payload: payload("hi"),
  ...more,
});
const packet = (more: Partial<ShownPacket>): ShownPacket => ({
  kind: "packet",
  at: 1,
  direction: "out",
  bytes: 9,
  transport: "stream",
  name: "data",
  fields: {},
  envelope: undefined,
  ...more,
});

it.each<[string, ShownEntry, [string, string, string]]>([
  ["a message", frame({}), ["text", "data", "hi"]],
  ["a piece of one", frame({ fin: false, rsv: 4 }), ["text", "data", "more follows · rsv 4 · hi"]],
  [
    "one whose payload is hidden",
    frame({ payload: { ...payload(""), length: 9, isCut: true } }),
    ["text", "data", "payload hidden"],
  ],
  ["an empty one", frame({ payload: payload("") }), ["text", "data", "empty"]],
  [
    "a close",
    frame({ name: "close", opcode: 8, close: { code: 1001, reason: "a\u202eb" } }),
    ["close", "control", "1001 “a\\u{202e}b”"],
  ],
  [
    "a close without a code",
    frame({ name: "close", opcode: 8, close: { code: 1005, reason: "" } }),
    ["close", "control", "no code"],
  ],
  ["an ACK", packet({ name: "ack", fields: { received: 7 } }), ["ack", "control", "received 7"]],
  [
    "a HELLO",
    packet({ name: "hello", fields: { version: 1, tokenBytes: 43 } }),
    ["hello", "control", "version 1, token bytes 43"],
  ],
  [
    "a slice",
    packet({
      envelope: { name: "slice", channel: 2, fields: { isFinal: true, isText: true }, payload: payload("hi") },
    }),
    ["text", "data", "channel 2 · hi"],
  ],
  [
    "a slice of many",
    packet({
      envelope: { name: "slice", channel: 2, fields: { isFinal: false, isText: false }, payload: payload("") },
    }),
    ["binary", "data", "channel 2 · more follows · empty"],
  ],
  [
    "an OPEN",
    packet({
      envelope: {
        name: "open",
        channel: 1,
        fields: { path: "/a", continues: false, isTopic: true },
        payload: undefined,
      },
    }),
    ["open", "control", "channel 1 · path /a, is topic"],
  ],
  [
    "another transport",
    { kind: "transport", at: 1, transport: "longpoll" },
    ["transport", "event", "long polling carries it from here on"],
  ],
  ["the end", { kind: "end", at: 1 }, ["end", "event", "the connection is over"]],
])("%s in the words of a row", (_what, entry, expected) => {
  const { name, class: group, summary } = entryText(entry);
  expect([name, group, summary]).toEqual(expected);
});
