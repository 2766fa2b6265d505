import { expect, test } from "vitest";
import { messageInFrame } from "../../../src/channels/prebuilt-frame.ts";
import { encodeMessageFrame } from "../../../src/protocol/frame-encoder.ts";

test.each([0, 1, 125, 126, 65_535, 65_536])("the message in a frame of %i bytes is found without a copy", (length) => {
  const text = "x".repeat(length);
  const frame = encodeMessageFrame(text);
  const { bytes, isText } = messageInFrame(frame);
  expect([Buffer.from(bytes).toString(), isText, bytes.buffer === frame.buffer]).toEqual([text, true, true]);
  expect(messageInFrame(encodeMessageFrame(new Uint8Array(length)))).toMatchObject({ isText: false });
});
