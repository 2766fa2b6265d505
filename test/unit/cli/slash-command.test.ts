import { describe, expect, it } from "vitest";
import { parseTypedLine, slashHelp } from "../../../src/cli/slash-command.ts";

describe("parseTypedLine", () => {
  it("takes what has no slash in front as a message, unchanged", () => {
    for (const line of ["hello", "", " /ping", "a\nb "])
      expect(parseTypedLine(line)).toEqual({ kind: "message", data: line });
  });

  it("sends a message with a slash when it is written twice", () => {
    expect(parseTypedLine("//ping")).toEqual({ kind: "message", data: "/ping" });
  });

  it("reads /ping with and without text", () => {
    expect(parseTypedLine("/ping")).toEqual({ kind: "ping", payload: "" });
    expect(parseTypedLine("/ping are you there")).toEqual({ kind: "ping", payload: "are you there" });
  });

  it("refuses a ping that no control frame can carry", () => {
    expect(parseTypedLine(`/ping ${"é".repeat(62)}x`).kind).toBe("ping");
    expect(parseTypedLine(`/ping ${"é".repeat(63)}`)).toEqual({
      kind: "fault",
      hint: "A ping carries at most 125 bytes.",
    });
  });

  it("reads /close with and without code and reason", () => {
    expect(parseTypedLine("/close")).toEqual({ kind: "close", code: 1000, reason: "" });
    expect(parseTypedLine("/close 1000 bye now ")).toEqual({ kind: "close", code: 1000, reason: "bye now" });
    expect(parseTypedLine("/close 4999")).toEqual({ kind: "close", code: 4999, reason: "" });
  });

  it.each(["/close 1001", "/close 2999", "/close 5000", "/close bye", "/close 1e3", "/close 01000"])(
    "refuses %s",
    (line) => {
      expect(parseTypedLine(line)).toMatchObject({
        kind: "fault",
        hint: expect.stringContaining("1000 or 3000 to 4999"),
      });
    },
  );

  it("refuses a reason that no close frame can carry", () => {
    expect(parseTypedLine(`/close 1000 ${"x".repeat(123)}`).kind).toBe("close");
    expect(parseTypedLine(`/close 1000 ${"x".repeat(124)}`).kind).toBe("fault");
  });

  it("reads /binary", () => {
    expect(parseTypedLine("/binary 00 ff")).toEqual({ kind: "message", data: Uint8Array.of(0, 255) });
    expect(parseTypedLine("/binary")).toEqual({ kind: "message", data: new Uint8Array() });
    expect(parseTypedLine("/binary 0g").kind).toBe("fault");
  });

  it("sends nothing for a command that does not exist, and names those that do", () => {
    expect(parseTypedLine("/quit")).toMatchObject({ kind: "fault", hint: expect.stringContaining("/close") });
    expect(parseTypedLine("/").kind).toBe("fault");
  });

  it("has help on every command", () => {
    expect(parseTypedLine("/help")).toEqual({ kind: "help" });
    for (const name of ["/ping", "/close", "/binary", "/help", "//"]) expect(slashHelp.join("\n")).toContain(name);
  });
});
