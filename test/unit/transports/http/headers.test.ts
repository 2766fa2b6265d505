import { describe, expect, test } from "vitest";
import { codeOfStatus, statusOfCode, ticketBytes, ticketText } from "../../../../src/transports/http/headers.ts";

describe("headers", () => {
  test("a ticket goes through a header and back, and no character of it needs quoting", () => {
    const ticket = Uint8Array.from({ length: 62 }, (_, index) => (index * 37 + 251) % 256);
    const text = ticketText(ticket);
    expect(text).toMatch(/^[\w-]+$/);
    expect(ticketBytes(text)).toEqual(ticket);
  });

  test.each(["", "a b", "=", "abcde", "ü", "x".repeat(200), "a+b/"])("V-21 %j is no ticket", (text) => {
    expect(ticketBytes(text)).toBeUndefined();
  });

  test.each([
    [4400, 400],
    [4401, 401],
    [4403, 403],
    [4409, 409],
    [4410, 410],
    [1009, 413],
    [4429, 429],
    [1013, 503],
    [1012, 503],
    [1000, 410],
    [1006, 500],
  ])("close code %i is said as status %i", (code, status) => {
    expect(statusOfCode(code)).toBe(status);
  });

  test("a status of somebody else means that nobody of us is there", () => {
    expect([404, 426, 301, 200].map(codeOfStatus)).toEqual([4404, 4404, 4404, 4404]);
    // A gateway says so of a server that it does not reach, whichever that is.
    expect([502, 504, 407, 408, 425].map(codeOfStatus)).toEqual([1006, 1006, 1006, 1006, 1006]);
    expect([400, 401, 403, 409, 410, 413, 415, 429, 503].map(codeOfStatus)).toEqual([
      4400, 4401, 4403, 4409, 4410, 1009, 4400, 4429, 1013,
    ]);
  });
});
