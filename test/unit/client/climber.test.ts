import { describe, expect, test } from "vitest";
import { Climber } from "../../../src/client/climber.ts";
import type { Dial } from "../../../src/client/dial.ts";
import { FakeClock } from "../../support/fake-clock.ts";

function begin(fraction = 0.5): {
  clock: FakeClock;
  climber: Climber;
  dials: number[];
  page: { isHidden: boolean; isOnline: boolean; isAway: boolean };
  ladder: { usable: ("websocket" | "stream")[]; mayClimb: boolean };
} {
  const clock = new FakeClock(0);
  const page = { isHidden: false, isOnline: true, isAway: false };
  const ladder: { usable: ("websocket" | "stream")[]; mayClimb: boolean } = {
    usable: ["websocket", "stream"],
    mayClimb: true,
  };
  const dials: number[] = [];
  const random = { fraction: () => fraction };
  const climber = new Climber({ clock, random, page, ladder, dial: () => void dials.push(clock.now()) });
  return { clock, climber, dials, page, ladder };
}

describe("Climber", () => {
  test("F-39 tries after 15, 30 and then every 45 s", () => {
    const { clock, climber, dials } = begin();
    for (let count = 0; count < 4; count++) {
      climber.plan("stream", false);
      clock.advance(45_000);
    }
    expect(dials).toEqual([15_000, 75_000, 135_000, 180_000]);
  });

  test("not all clients at the same moment: a fifth earlier or later", () => {
    const early = begin(0);
    early.climber.plan("poll", false);
    early.clock.advance(20_000);
    expect(early.dials).toEqual([12_000]);
  });

  test.each(["isHidden", "isAway"] as const)("not while the page %s: later", (what) => {
    const { clock, climber, dials, page } = begin();
    page[what] = true;
    climber.plan("stream", false);
    clock.advance(16_000);
    page[what] = false;
    clock.advance(31_000);
    expect(dials).toEqual([45_000]);
  });

  test("not while WebSocket is demoted; never from the top, nor where it cannot be used", () => {
    const { clock, climber, dials, ladder } = begin();
    ladder.mayClimb = false;
    climber.plan("stream", false);
    clock.advance(16_000);
    climber.plan("websocket", false);
    expect([dials, clock.pendingCount]).toEqual([[], 0]);
    ladder.usable = ["stream"];
    climber.plan("stream", true);
    expect(clock.pendingCount).toBe(0);
  });

  test("F-39 a path that does not answer in three seconds is closed", () => {
    const { clock, climber } = begin();
    const told: string[] = [];
    const dial = { probe: () => told.push("probe"), close: () => told.push("close") } as unknown as Dial;
    climber.prove(dial, () => told.push("failed"));
    clock.advance(3_000);
    expect(told).toEqual(["probe", "close", "failed"]);
    climber.prove(dial, () => told.push("failed"));
    climber.stop();
    clock.advance(3_000);
    expect(told).toHaveLength(4);
  });
});
