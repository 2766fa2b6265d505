// Category 7: close frames, their codes and reasons, and what follows them.

import { payloadBytes, type Case } from "./case.ts";
import {
  TEXT,
  CLOSE,
  PING,
  text,
  hex,
  repeat,
  frame,
  first,
  last,
  closeFrame,
  sees,
  answered,
  closed,
} from "./words.ts";

export function closing(): Case[] {
  const hello = text("Hello World!");
  const valid = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];
  const invalid = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999];
  const brokenReason = "cebae1bdb9cf83cebcceb5eda080656469746564";
  return [
    answered("7.1.1", "a message before the close comes back", [frame(TEXT, hello)], [sees("text", hello)]),
    closed("7.1.2", "a second close frame is not answered", [1000], [closeFrame(1000), frame(CLOSE)]),
    closed("7.1.3", "a ping after the close is not answered", [1000], [closeFrame(1000), frame(PING)]),
    closed("7.1.4", "a message after the close is not answered", [1000], [closeFrame(1000), frame(TEXT, hello)]),
    closed(
      "7.1.5",
      "a close inside a message is answered, the rest of the message is not",
      [1000],
      [first(TEXT, text("fragment1")), closeFrame(1000), last(text("fragment2"))],
    ),
    {
      id: "7.1.6",
      title: "256 KiB and a short message before a close may both come back",
      steps: [frame(TEXT, repeat("4241736437266a683233", 262_144)), frame(TEXT, hello), closeFrame(1000), frame(PING)],
      sees: [sees("text", repeat("4241736437266a683233", 262_144)), sees("text", hello)],
      ending: { by: "steps", codes: [1000] },
      informational: true,
    },
    closed("7.3.1", "an empty close is answered", [1000, 1005], [frame(CLOSE)]),
    closed("7.3.2", "a close of one byte is refused", [1002], [frame(CLOSE, hex("61"))]),
    closed("7.3.3", "a close with a code is answered", [1000], [closeFrame(1000)]),
    closed(
      "7.3.4",
      "a close with a reason is answered",
      [1000],
      [closeFrame(1000, payloadBytes(hello).toString("hex"))],
    ),
    closed(
      "7.3.5",
      "a close with the longest reason, 123 bytes, is answered",
      [1000],
      [closeFrame(1000, "2a".repeat(123))],
    ),
    closed("7.3.6", "a close with a reason of 124 bytes is refused", [1002], [closeFrame(1000, "2a".repeat(124))]),
    closed("7.5.1", "a reason that is not UTF-8 is refused", [1002, 1007], [closeFrame(1000, brokenReason)]),
    ...valid.map((code, index) =>
      closed(`7.7.${index + 1}`, `close code ${code} is answered`, [...new Set([1000, code])], [closeFrame(code)]),
    ),
    ...invalid.map((code, index) =>
      closed(`7.9.${index + 1}`, `close code ${code} is refused`, [1002], [closeFrame(code)]),
    ),
    {
      ...closed("7.13.1", "close code 5000 ends the connection", [1000, 1002, 5000], [closeFrame(5000)]),
      informational: true,
    },
    {
      ...closed("7.13.2", "close code 65535 ends the connection", [1000, 1002, 65_535], [closeFrame(65_535)]),
      informational: true,
    },
  ];
}
