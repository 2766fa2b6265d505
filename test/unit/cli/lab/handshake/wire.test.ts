import { expect, test } from "vitest";
import { parseHandshakeRequest, probes } from "../../../../../src/cli/lab/handshake/wire.ts";

test("every request of the page is read", () => {
  expect(parseHandshakeRequest({ type: "measure" })).toEqual({ type: "measure" });
  for (const probe of probes) expect(parseHandshakeRequest({ type: "ask", probe })).toEqual({ type: "ask", probe });
});

test("what is none is not", () => {
  for (const request of [undefined, null, 1, {}, { type: "ask" }, { type: "ask", probe: "toString" }, { type: "x" }]) {
    expect(parseHandshakeRequest(request)).toBeUndefined();
  }
});
