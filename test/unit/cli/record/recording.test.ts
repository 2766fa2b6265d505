import { describe, expect, test } from "vitest";
import { dataOf, parseRecording } from "../../../../src/cli/record/recording.ts";

const head = { record: 1, url: "ws://h/", protocols: ["chat.v1"], startedAt: "2026-11-21T10:00:00.000Z" };
const hello = { t: 12.5, from: "client", type: "text", data: "hello" } as const;
const bytes = { t: 20, from: "server", type: "binary", data: "AQI=" } as const;
const lines = (...objects: readonly object[]): string => objects.map((line) => `${JSON.stringify(line)}\n`).join("");

describe("parseRecording", () => {
  test("reads what record writes", () => {
    const text = lines(head, { t: 10, event: "open", protocol: "chat.v1" }, hello, bytes, {
      t: 30,
      event: "close",
      code: 1000,
    });
    expect(parseRecording(text)).toEqual({
      head,
      messages: [hello, bytes],
      openedAt: 10,
      close: { t: 30, event: "close" },
    });
    expect([dataOf(hello), dataOf(bytes)]).toEqual(["hello", Uint8Array.of(1, 2)]);
  });

  test("a last line that was cut off is left out, and events of a later version are skipped", () => {
    expect(parseRecording(`${lines(head, hello, { t: 13, event: "later" })}{"t":14,"fr`)).toMatchObject({
      messages: [hello],
    });
  });

  test.each([
    ["", /^This is no recording/],
    ["hello\n", /^This is no recording/],
    ["[1]\n", /^This is no recording/],
    [lines({ record: 2, url: "ws://h/" }), /^This is no recording/],
    [lines(head, { from: "client" }, hello), /^Line 2 of the recording is damaged/],
    [lines(head, hello, { ...bytes, t: 1 }), /^Line 3 of the recording is damaged/],
    [lines(head, { ...hello, from: "nobody" }), /^Line 2 of the recording is neither/],
    [lines(head, { ...hello, data: 5 }, bytes), /^Line 2 of the recording is neither/],
    [`${lines(head)}x\n${lines(hello)}`, /^Line 2 of the recording is damaged/],
  ])("says in a sentence what is wrong: %j", (text, sentence) => {
    expect(parseRecording(text)).toMatch(sentence);
  });
});
