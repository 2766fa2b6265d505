import { describe, expect, test } from "vitest";
import { type ManyRequest, parseManyRequest, readStreamMessage } from "../../../../../src/cli/lab/many/wire.ts";

const settings = { bytesPerSecond: 1_000_000, transferBytes: 4_194_304 };

describe("what a page asks of many in one", () => {
  const requests: readonly ManyRequest[] = [
    { type: "begin", run: 3, settings },
    { type: "set", settings },
    { type: "transfer" },
    { type: "end" },
  ];

  test.each(requests)("$type is read as it was meant", (request) => {
    expect(parseManyRequest(JSON.parse(JSON.stringify(request)))).toEqual(request);
  });

  test.each([
    [undefined],
    [null],
    ["end"],
    [{ type: "begin", run: 1 }],
    [{ type: "begin", run: 1.5, settings }],
    [{ type: "set", settings: { ...settings, transferBytes: 1e12 } }],
    [{ type: "set", settings: { ...settings, bytesPerSecond: 1 } }],
  ])("%j is refused", (value) => {
    expect(parseManyRequest(value)).toBeUndefined();
  });
});

describe("a message of a stream", () => {
  const message = { to: "feed", n: 3, at: 12.5, text: "100.00" };

  test("is read as it was written", () => {
    expect(readStreamMessage(JSON.stringify(message))).toEqual(message);
  });

  test.each([
    "",
    "{",
    "null",
    "3",
    JSON.stringify({ ...message, to: "nobody" }),
    JSON.stringify({ ...message, n: "3" }),
  ])("%s is none", (text) => {
    expect(readStreamMessage(text)).toBeUndefined();
  });
});
