import { describe, expect, it, vi } from "vitest";
import { Feed, formatMessage } from "../../../../../src/cli/lab/race/feed.ts";
import { choices } from "../../../../../src/cli/lab/race/wire.ts";

const numbersOf = (texts: readonly string[]): number[] => texts.map((text) => (JSON.parse(text) as { n: number }).n);

describe("Feed", () => {
  it("makes as many messages a second as it was told, until it is stopped", () => {
    vi.useFakeTimers();
    try {
      const feed = new Feed();
      feed.run({ rate: 5, bytes: 96 });
      vi.advanceTimersByTime(2_000);
      expect(feed.last).toBe(10);
      feed.run({ rate: 50, bytes: 96 });
      vi.advanceTimersByTime(1_000);
      expect(feed.last).toBe(60);
      feed.stop();
      vi.advanceTimersByTime(1_000);
      expect(feed.last).toBe(60);
    } finally {
      vi.useRealTimers();
    }
  });

  it("tells everybody who listens, and hands out what came after a number", () => {
    const feed = new Feed(() => 12.5);
    const heard: string[] = [];
    const end = feed.listen((text) => heard.push(text));
    for (let n = 0; n < 3; n += 1) feed.make();
    end();
    feed.make();
    expect(numbersOf(heard)).toEqual([1, 2, 3]);
    expect(numbersOf(feed.after(2))).toEqual([3, 4]);
    expect(feed.after(4)).toEqual([]);
    expect(feed.after(9)).toEqual([]);
  });

  it("forgets what nobody can have missed", () => {
    const feed = new Feed();
    for (let n = 0; n < 5_000; n += 1) feed.make();
    const kept = numbersOf(feed.after(0));
    expect(kept.at(-1)).toBe(5_000);
    expect(kept.length).toBeGreaterThanOrEqual(1_000);
    expect(kept.length).toBeLessThanOrEqual(2_000);
  });

  it.each(choices.bytes)("a message has exactly the %i bytes that were asked for", (bytes) => {
    const text = formatMessage(123_456, 98_765_432.1, "12345.67", bytes);
    expect(Buffer.byteLength(text)).toBe(bytes);
    expect(JSON.parse(text)).toMatchObject({ n: 123_456, at: 98_765_432.1, price: "12345.67" });
  });
});
