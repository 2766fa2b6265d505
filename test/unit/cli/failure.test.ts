import { describe, expect, it } from "vitest";
import { CommandFailure, describeListenError, UsageFailure } from "../../../src/cli/failure.ts";

const failing = (code: string): Error => Object.assign(new Error(`listen ${code}`), { code });

describe("describeListenError", () => {
  it.each([
    ["EADDRINUSE", "another program uses it", "choose another port with --port"],
    ["EACCES", "may not use it", "choose a higher one"],
    ["EADDRNOTAVAIL", "no such address", "127.0.0.1"],
    ["ENOTFOUND", "not known here", "give --host an address"],
  ])("says for %s what happened, where, and what to do", (code, cause, remedy) => {
    const sentence = describeListenError(failing(code), "127.0.0.1", 8101);
    expect(sentence).toContain("127.0.0.1, port 8101");
    expect(sentence).toContain(cause);
    expect(sentence).toContain(remedy);
    expect(sentence).not.toContain("\n");
  });

  it("looks behind the server's own error", () => {
    const wrapped = new Error("Something listens there already.", { cause: failing("EADDRINUSE") });
    expect(describeListenError(wrapped, "h", 1)).toContain("another program uses it");
  });

  it("passes on what it does not know", () => {
    expect(describeListenError(failing("EWHATEVER"), "h", 1)).toContain("listen EWHATEVER");
    expect(describeListenError("odd", "h", 1)).toContain("odd");
  });
});

describe("CommandFailure", () => {
  it("exits with 1, and a wrong command line with 2", () => {
    expect([new CommandFailure("x").exitCode, new UsageFailure("x").exitCode]).toEqual([1, 2]);
  });
});
