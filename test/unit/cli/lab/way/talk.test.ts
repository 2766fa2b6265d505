import { describe, expect, it } from "vitest";
import { parseDuplexRequest } from "../../../../../src/cli/lab/way/duplex.ts";
import { parseTalkRequest } from "../../../../../src/cli/lab/way/talk.ts";

const json = (value: unknown): string => JSON.stringify(value);

describe("what a page says", () => {
  it("a question and an arrangement are understood", () => {
    expect(parseTalkRequest(json({ type: "ask", name: "slow", takesMs: 400, x: 1 }))).toEqual({
      type: "ask",
      name: "slow",
      takesMs: 400,
    });
    expect(parseTalkRequest(json({ type: "arrange", inMs: 10 }))).toEqual({ type: "arrange", inMs: 10 });
  });

  it.each([
    { type: "ask", name: "x", takesMs: 1e9 },
    { type: "ask", name: "x".repeat(33), takesMs: 1 },
    { type: "ask", name: "x", takesMs: -1 },
    { type: "arrange", inMs: "1" },
    { type: "arrange" },
    null,
    [],
    7,
  ])("%o is not", (value) => {
    expect(parseTalkRequest(json(value))).toBeUndefined();
  });

  it("of duplex, modes and numbered messages are understood and nothing else", () => {
    expect(parseDuplexRequest(json({ type: "mode", mode: "half" }))).toEqual({ type: "mode", mode: "half" });
    expect(parseDuplexRequest(json({ type: "up", n: 1, madeAt: 2 }))).toEqual({ type: "up", n: 1, madeAt: 2 });
    expect(parseDuplexRequest(json({ type: "mode", mode: "loud" }))).toBeUndefined();
    expect(parseDuplexRequest(json({ type: "up", n: "1", madeAt: 2 }))).toBeUndefined();
    expect(parseDuplexRequest("nonsense")).toBeUndefined();
    expect(parseDuplexRequest(new Uint8Array([1]))).toBeUndefined();
  });
});
