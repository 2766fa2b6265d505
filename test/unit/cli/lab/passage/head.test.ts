import { expect, test } from "vitest";
import { endToEnd, headersFor } from "../../../../../src/cli/lab/passage/head.ts";

const raw = [
  ["Host", "lab.example"],
  ["Origin", "https://lab.example"],
  ["Cookie", "secret=1"],
  ["Sec-Fetch-Site", "same-origin"],
  ["X-Forwarded-For", "192.0.2.1"],
  ["Upgrade", "websocket"],
  ["Connection", "Upgrade"],
  ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="],
].flat();

test("a head goes on for the server behind, without the page's origin and cookies", () => {
  expect(headersFor(raw, 4_321)).toEqual([
    ["Host", "127.0.0.1:4321"],
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="],
  ]);
});

test("what belongs to one connection stays there", () => {
  expect(endToEnd(headersFor(raw, 1))).toEqual([
    ["Host", "127.0.0.1:1"],
    ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="],
  ]);
});
