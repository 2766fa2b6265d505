// Frames to begin with: the right ones are right and each wrong one breaks the rule it is named for, by the engine's own judgement.
import { expect, test } from "vitest";
import { judge, ruleOf } from "../../../../../web/lab/wire/judgement.ts";
import { closeFrame, presets } from "../../../../../web/lab/wire/presets.ts";

test("right frames break no rule", () => {
  const wrong = presets.filter(({ isRight, build }) => isRight && judge(build()).violation !== undefined);
  expect(wrong.map(({ id }) => id)).toEqual([]);
});

test("each wrong frame breaks a rule, which stands in the specification", () => {
  const broken = presets
    .filter(({ isRight }) => !isRight)
    .map(({ id, build }) => {
      const { violation } = judge(build());
      const rule = ruleOf(violation?.message ?? "");
      return [id, violation?.closeCode, rule?.name, rule?.section];
    });
  expect(broken).toEqual([
    ["reservedOpcode", 1002, "reservedOpcode", "5.2"],
    ["rsv", 1002, "reservedBits", "5.2"],
    ["unmasked", 1002, "maskMissing", "5.1"],
    ["pingFragment", 1002, "controlFragmented", "5.5"],
    ["pingLong", 1002, "controlTooLong", "5.5"],
    ["notMinimal", 1002, "lengthNotMinimal", "5.2"],
    ["negative", 1002, "lengthNegative", "5.2"],
    ["continuation", 1002, "nothingToContinue", "5.4"],
    ["interleaved", 1002, "messageUnfinished", "5.4"],
    ["utf8", 1007, "invalidUtf8", "8.1"],
    ["tooBig", 1009, "messageTooBig", "10.4"],
    ["closeShort", 1002, "closeTooShort", "5.5.1"],
    ["closeNoStatus", 1002, "closeCodeInvalid", "7.4.1"],
    ["closeText", 1007, "invalidUtf8", "8.1"],
  ]);
});

test("a judgement tells messages, pings, a Close and what is unfinished", () => {
  const [hello, , ping] = presets.map(({ build }) => build());
  expect(judge(hello ?? new Uint8Array(0)).messages).toEqual(["Hello"]);
  expect(judge(ping ?? new Uint8Array(0)).pingCount).toBe(1);
  expect(judge(closeFrame(1000)).closed).toEqual({ code: 1000, reason: "" });
  expect(judge(hello?.subarray(0, 8) ?? new Uint8Array(0)).isWaiting).toBe(true);
});

test("words that are no rule's are none", () => {
  expect(ruleOf("That was all.")).toBeUndefined();
});
