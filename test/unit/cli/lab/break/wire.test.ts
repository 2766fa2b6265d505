import { describe, expect, test } from "vitest";
import {
  type BreakRequest,
  parseBreakRequest,
  readMessage,
  writeMessage,
} from "../../../../../src/cli/lab/break/wire.ts";

const settings = { rate: 20, latencyMs: 100 };

describe("what a page asks of the break", () => {
  const requests: readonly BreakRequest[] = [
    { type: "begin", run: 3, settings, isAnswered: true },
    { type: "set", settings },
    { type: "network", network: { isHeld: true, isBlocked: false, isBuffered: true } },
    { type: "press", what: "crash" },
    { type: "end" },
  ];

  test.each(requests)("$type is read as it was meant", (request) => {
    expect(parseBreakRequest(JSON.parse(JSON.stringify(request)))).toEqual(request);
  });

  test.each([
    [undefined],
    [null],
    ["end"],
    [{ type: "press", what: "explode" }],
    [{ type: "set", settings: { rate: 1e6, latencyMs: 0 } }],
    [{ type: "set" }],
    [{ type: "begin", run: "1", settings }],
    [{ type: "network", network: null }],
  ])("%j is refused", (value) => {
    expect(parseBreakRequest(value)).toBeUndefined();
  });
});

describe("a message of the conversation", () => {
  test("is read as it was written", () => {
    expect(readMessage(writeMessage(12, 3_456.78))).toEqual({ number: 12, sentAt: 3_456.8 });
    expect(readMessage(writeMessage(1, -0.04))).toEqual({ number: 1, sentAt: -0 });
  });

  test.each(["", "1", "x 1", "1 2 3", "9999999999 1", "got 1 2"])("“%s” is none", (text) => {
    expect(readMessage(text)).toBeUndefined();
  });
});
