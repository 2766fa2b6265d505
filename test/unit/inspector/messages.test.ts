import { expect, it } from "vitest";
import { parsePageMessage } from "../../../src/inspector/messages.ts";

it.each([
  { type: "enter", token: "a" },
  { type: "search", words: "b" },
  { type: "order", order: "waiting" },
  { type: "capture", id: "c1", payloads: true },
  { type: "dismiss", id: "s1", farewell: "cut" },
  { type: "drain" },
])("reads $type", (message) => {
  expect(parsePageMessage(JSON.stringify({ ...message, more: 1 }))).toEqual(message);
});

it.each([
  "",
  "null",
  "[]",
  '"enter"',
  "{}",
  '{"type":"enter"}',
  '{"type":"enter","token":1}',
  '{"type":"capture","id":"c1"}',
  '{"type":"dismiss","id":"c1","farewell":"shoot"}',
  '{"type":"dismiss","id":"c1","farewell":"toString"}',
  '{"type":"order","order":"alphabet"}',
  '{"type":"drain"',
])("what is none of its messages is none: %s", (text) => {
  expect(parsePageMessage(text)).toBeUndefined();
});

it("a search is as long as a person types", () => {
  const message = parsePageMessage(JSON.stringify({ type: "search", words: "x".repeat(10_000) }));
  expect(message).toEqual({ type: "search", words: "x".repeat(200) });
});
