import { describe, expect, it } from "vitest";
import { painter, wantsColor, writeJson } from "../../../src/cli/terminal.ts";
import { memoryTerminal } from "../../support/memory-terminal.ts";

describe("wantsColor", () => {
  const { stdout: terminal } = memoryTerminal({ isTTY: true });
  const { stdout: pipe } = memoryTerminal();

  it("is for terminals, not for pipes", () => {
    expect([wantsColor(terminal, {}), wantsColor(pipe, {})]).toEqual([true, false]);
  });

  it("obeys NO_COLOR, unless it is empty", () => {
    expect([wantsColor(terminal, { NO_COLOR: "1" }), wantsColor(terminal, { NO_COLOR: "" })]).toEqual([false, true]);
  });

  it("obeys FORCE_COLOR in both directions", () => {
    expect([wantsColor(pipe, { FORCE_COLOR: "1" }), wantsColor(terminal, { FORCE_COLOR: "0" })]).toEqual([true, false]);
  });

  it("lets NO_COLOR win over FORCE_COLOR", () => {
    expect(wantsColor(terminal, { NO_COLOR: "1", FORCE_COLOR: "1" })).toBe(false);
  });

  it("leaves a dumb terminal alone", () => {
    expect(wantsColor(terminal, { TERM: "dumb" })).toBe(false);
  });
});

describe("painter", () => {
  it("colours for a terminal and leaves text alone otherwise", () => {
    expect(painter(memoryTerminal({ isTTY: true }).stdout, {})("red", "x")).toBe("\u001b[31mx\u001b[39m");
    expect(painter(memoryTerminal().stdout, {})("red", "x")).toBe("x");
  });
});

describe("writeJson", () => {
  it("writes one line", () => {
    const terminal = memoryTerminal();
    writeJson(terminal.stdout, { event: "listening", url: "a\nb" });
    expect(terminal.output.out).toBe('{"event":"listening","url":"a\\nb"}\n');
  });

  it("V-56 writes nothing that a terminal obeys", () => {
    const terminal = memoryTerminal();
    writeJson(terminal.stdout, { text: "\u009b2J\u202e\u007f" });
    expect(terminal.output.out).toBe(String.raw`{"text":"\u009b2J\u202e\u007f"}` + "\n");
  });
});
