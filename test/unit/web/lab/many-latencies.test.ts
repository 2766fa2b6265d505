import { expect, test } from "vitest";
import { Latencies } from "../../../../web/lab/many/latencies.ts";

test("what was sent while a transfer ran is counted apart, also when it came after its end", () => {
  const latencies = new Latencies();
  latencies.add("plain", "feed", 90, 5);
  latencies.begin(100, 1_000);
  latencies.add("plain", "feed", 120, 70);
  latencies.advance("plain", 400, 150);
  latencies.advance("plain", 600, 200);
  latencies.add("plain", "feed", 199, 40);
  latencies.add("plain", "feed", 201, 6);
  latencies.add("session", "feed", 201, 9);
  expect(latencies.took("plain", "feed", "alone")).toEqual({ count: 2, median: 6, worst: 6 });
  expect(latencies.took("plain", "feed", "during")).toEqual({ count: 2, median: 70, worst: 70 });
  // Its own transfer goes on.
  expect(latencies.took("session", "feed", "during")).toEqual({ count: 1, median: 9, worst: 9 });
  expect(latencies.took("plain", "chat", "alone")).toBeUndefined();
});

test("a transfer ends for each way when all of it is there", () => {
  const latencies = new Latencies();
  expect(latencies.isTransferring).toBe(false);
  latencies.begin(100, 10);
  latencies.advance("session", 10, 150);
  expect(latencies.transfer("session")).toEqual({ startedAt: 100, totalBytes: 10, bytes: 10, endedAt: 150 });
  expect(latencies.isTransferring).toBe(true);
  latencies.advance("plain", 10, 160);
  expect(latencies.isTransferring).toBe(false);
});
