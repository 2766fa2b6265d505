import { expect, test } from "vitest";
import { mostBytes, parseWireRequest } from "../../../../../src/cli/lab/wire/wire.ts";

test("every request of the page is read", () => {
  for (const request of [
    { type: "dial" },
    { type: "drop" },
    { type: "end" },
    { type: "write", hex: "81ff" },
    { type: "act", act: "fragments" },
  ]) {
    expect(parseWireRequest(request)).toEqual(request);
  }
});

test("what is none, is no hex or is too long is not", () => {
  for (const request of [
    undefined,
    null,
    "dial",
    {},
    { type: "toString" },
    { type: "write" },
    { type: "write", hex: "" },
    { type: "write", hex: "8" },
    { type: "write", hex: "zz" },
    { type: "write", hex: "00".repeat(mostBytes + 1) },
    { type: "act", act: "constructor" },
  ]) {
    expect(parseWireRequest(request)).toBeUndefined();
  }
});
