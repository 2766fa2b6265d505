import { afterEach, describe, expect, it, vi } from "vitest";
import { CrowdHost } from "../../../../../src/cli/lab/race/crowd-host.ts";
import { threadCpuMs } from "../../../../../src/cli/lab/race/thread-time.ts";
import { type CrowdCounts, type Way, ways } from "../../../../../src/cli/lab/race/wire.ts";

let host: CrowdHost | undefined;
afterEach(() => host?.close());

function gather(way: Way, clients: number): CrowdCounts[] {
  const reports: CrowdCounts[] = [];
  host = new CrowdHost(way, (counts) => reports.push(counts));
  host.set({ clients, rate: 10, bytes: 96, pollMs: 250 });
  return reports;
}

const patient = { timeout: 15_000, interval: 20 };

describe("CrowdHost", () => {
  it.each(ways)("clients of the way %s are served the feed", async (way) => {
    const reports = gather(way, 20);
    await expect.poll(() => reports.at(-1)?.clients, patient).toBe(20);
    await expect.poll(() => reports.at(-1)?.messagesPerSecond, patient).toBeGreaterThan(20);
    const last = reports.at(-1);
    expect(last?.bytesPerSecond).toBeGreaterThan((last?.messagesPerSecond ?? Infinity) * 96);
    expect(last?.busy).toBeGreaterThan(0);
    expect(last?.busy).toBeLessThanOrEqual(1);
    if (threadCpuMs() !== undefined) expect(last?.cpu).toBeGreaterThan(0);
    // Whoever holds a connection open asks once.
    const requests = expect.poll(() => reports.at(-1)?.requestsPerSecond, patient);
    await (way === "stream" || way === "socket" ? requests.toBe(0) : requests.toBeGreaterThan(20));
  });

  it("fewer clients are fewer at once", async () => {
    const reports = gather("socket", 30);
    await expect.poll(() => reports.at(-1)?.clients, patient).toBe(30);
    host?.set({ clients: 10, rate: 10, bytes: 96, pollMs: 250 });
    await expect.poll(() => reports.at(-1)?.clients, patient).toBe(10);
    await vi.waitFor(() => expect(reports.at(-1)?.messagesPerSecond).toBeLessThan(150), patient);
  });
});
