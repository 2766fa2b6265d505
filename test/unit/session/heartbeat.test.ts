import { describe, expect, test } from "vitest";
import { Heartbeat } from "../../../src/session/heartbeat.ts";
import { defaultSettings } from "../../../src/session/settings.ts";

describe("Heartbeat", () => {
  test("a link that is silent for the interval is pinged, and given up 15 s after that", () => {
    const heartbeat = new Heartbeat(defaultSettings, true, 0.5);
    expect(heartbeat.wakeAt(0)).toBe(20_000);
    expect(heartbeat.tick(0, 19_999)).toBeUndefined();
    expect(heartbeat.tick(0, 20_000)).toBe("ping");
    expect(heartbeat.wakeAt(0)).toBe(35_000);
    expect(heartbeat.tick(0, 34_999)).toBeUndefined();
    expect(heartbeat.tick(0, 35_000)).toBe("silent");
  });

  test("anything that comes is a sign of life", () => {
    const heartbeat = new Heartbeat(defaultSettings, true, 0.5);
    heartbeat.tick(0, 20_000);
    expect(heartbeat.wakeAt(21_000)).toBe(41_000);
    expect(heartbeat.tick(21_000, 41_000)).toBe("ping");
    expect(heartbeat.token).toBe(2);
  });

  test("F-30 also what comes in the millisecond of the PING: over a short way its answer does", () => {
    const heartbeat = new Heartbeat(defaultSettings, true, 0.5);
    heartbeat.tick(0, 20_000);
    expect(heartbeat.wakeAt(20_000)).toBe(40_000);
    expect(heartbeat.tick(20_000, 35_000)).toBeUndefined();
    expect(heartbeat.tick(20_000, 40_000)).toBe("ping");
    expect(heartbeat.tick(20_000, 55_000)).toBe("silent");
  });

  test("intervals differ by a tenth either way, so that not all ping at once", () => {
    const interval = (fraction: number): number => {
      const heartbeat = new Heartbeat(defaultSettings, true, fraction);
      return heartbeat.wakeAt(0);
    };
    expect([interval(0), interval(0.5), interval(1)]).toEqual([18_000, 20_000, 22_000]);
  });

  test("a way made of requests is not pinged: without a request for 35 s it is given up", () => {
    const heartbeat = new Heartbeat(defaultSettings, false, 0);
    expect(heartbeat.wakeAt(5_000)).toBe(40_000);
    expect(heartbeat.tick(5_000, 40_000)).toBe("silent");
  });
});
