import { expect, test } from "vitest";
import { channelLimits } from "../../../src/channels/limits.ts";

test("V-61 P-123 the bounds are those that the wire's page promises", () => {
  expect(channelLimits).toMatchObject({
    creditBytes: 1024 * 1024,
    retainBytes: 1024 * 1024,
    maxChannels: 64,
    opensPerSecond: 50,
    openBurst: 64,
    maxUndecided: 16,
    closeTimeoutMs: 5_000,
  });
});
