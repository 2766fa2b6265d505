import { describe, expect, it } from "vitest";
import { runRequests } from "../../../../../src/cli/lab/way/http-run.ts";
import { runPlan } from "../../../../../src/cli/lab/way/wire.ts";

describe("runRequests", () => {
  it.each([
    ["http10", 6],
    ["ignored", 6],
    ["keepalive", 1],
    ["pipelined", 1],
  ] as const)("%s takes %i connections for six requests", async (kind, connections) => {
    const run = await runRequests(kind);
    expect(run.requests).toHaveLength(runPlan.count);
    expect(run.connections).toBe(connections);
    expect(run.requests.at(-1)?.connection).toBe(connections);
    // Six bodies of 500 bytes and their heads.
    expect(run.bytesDown).toBeGreaterThan(3_500);
    expect(run.bytesUp).toBeGreaterThan(6 * 30);
  });

  it("one after the other, a request is sent when the answer before has come", async () => {
    const { requests } = await runRequests("keepalive");
    for (const [index, { sentAt }] of requests.entries()) {
      expect(sentAt).toBeGreaterThanOrEqual(requests[index - 1]?.doneAt ?? 0);
    }
  });

  it("pipelined, what is ready waits behind the slow answer", async () => {
    const { requests } = await runRequests("pipelined");
    const slow = requests[runPlan.slow];
    const behind = requests.slice(runPlan.slow + 1);
    expect(behind.every(({ readyAt }) => readyAt < (slow?.readyAt ?? 0))).toBe(true);
    expect(behind.every(({ doneAt }) => doneAt >= (slow?.doneAt ?? Infinity))).toBe(true);
    expect(requests[0]?.doneAt).toBeLessThan(slow?.readyAt ?? 0);
  });
});
