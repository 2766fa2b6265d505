import { describe, expect, it, vi } from "vitest";
import { Journal } from "../../../src/server/log.ts";

describe("the journal", () => {
  it("writes to the log it was given", () => {
    const log = { debug: vi.fn(), error: vi.fn() };
    const journal = new Journal(log);
    const error = new Error("x");
    journal.debug(() => "a line");
    journal.error("a hook threw", error);
    expect(log.debug).toHaveBeenCalledExactlyOnceWith("a line");
    expect(log.error).toHaveBeenCalledExactlyOnceWith("a hook threw", error);
  });

  it("V-50 writes one line, whatever the system puts into its messages", () => {
    const debug = vi.fn();
    new Journal({ debug, error() {} }).debug(() => "TLS failed: record.c:341:\n \u001b[31mred\u2028");
    expect(debug).toHaveBeenCalledExactlyOnceWith("TLS failed: record.c:341: [31mred");
  });

  it("without one prints faults to stderr and makes no line that nobody reads", () => {
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const line = vi.fn(() => "unseen");
    const journal = new Journal(undefined);
    journal.debug(line);
    journal.error("the message hook threw", new Error("boom"));
    const printed = write.mock.calls.map(([text]) => String(text)).join("");
    write.mockRestore();
    expect(line).not.toHaveBeenCalled();
    expect(printed).toMatch(/^longwire: the message hook threw: Error: boom/);
  });

  it("survives a log that throws", () => {
    const fail = (): never => {
      throw new Error("disk full");
    };
    const journal = new Journal({ debug: fail, error: fail });
    journal.debug(() => "x");
    journal.error("x", undefined);
  });

  it("refuses what is no log", () => {
    expect(() => new Journal({ debug() {} } as never)).toThrow(expect.objectContaining({ code: "LW_SERVER_LOG" }));
  });
});
