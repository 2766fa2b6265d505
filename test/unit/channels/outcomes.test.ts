import { describe, expect, test } from "vitest";
import { RemoteError } from "../../../src/base/errors.ts";
import * as outcomes from "../../../src/channels/outcomes.ts";
import * as violations from "../../../src/channels/violations.ts";

describe("codes of the session are shown as what a WebSocket may show", () => {
  const shown = [
    [4400, 1011],
    [4401, 1008],
    [4403, 1008],
    [4409, 1006],
    [4410, 1006],
    [4413, 1013],
    [4429, 1013],
    [1009, 1009],
    [4408, 4408],
    [0, 1006],
    [999, 1006],
    [5000, 1006],
    [2 ** 53 - 1, 1006],
  ] as const;

  test.each(shown)("%i as %i", (code, expected) => {
    expect(outcomes.shownCode(code)).toBe(expected);
    expect(outcomes.resetByPeer(code, "why")).toMatchObject({
      code: expected,
      reason: "why",
      wasClean: false,
      cause: { code: "LW_CHANNEL_RESET", closeCode: code },
    });
    expect(outcomes.sessionEnded(code, "")).toMatchObject({ code: expected, cause: { closeCode: code } });
  });
});

test("a reason that is a sentence ends the message as one, and one that is none is made one", () => {
  const messages = ["", "gone", "It is gone."].map((reason) => outcomes.sessionEnded(4410, reason).cause?.message);
  const begin = "The session of the channel ended with 4410";
  expect(messages).toEqual([`${begin}.`, `${begin}: gone.`, `${begin}: It is gone.`]);
});

test("what an application closes with is shown as it is, and 0 as 1005", () => {
  expect(outcomes.closed(4400, "mine")).toEqual({ code: 4400, reason: "mine", wasClean: true, cause: undefined });
  expect(outcomes.closed(0, "")).toMatchObject({ code: 1005 });
});

test("every failure has a cause that names it", () => {
  const cause = new RemoteError("LW_CHANNEL_RESET", "x", 1006);
  expect(outcomes.terminated(cause)).toMatchObject({ code: 1006, cause });
  expect(outcomes.rejected(404, "")).toMatchObject({ code: 1006, cause: { code: "LW_CHANNEL_REJECTED" } });
  expect(outcomes.rejected(403, "no").cause?.message).toContain("403: no");
  expect(outcomes.violated(violations.messageSize)).toMatchObject({ code: 1009, wasClean: false });
  expect(outcomes.overfull()).toMatchObject({ code: 1013, cause: { closeCode: 4413 } });
  expect(outcomes.unanswered()).toMatchObject({ code: 1006, cause: { code: "LW_CHANNEL_CLOSE_TIMEOUT" } });
});
