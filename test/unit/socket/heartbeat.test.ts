import { describe, expect, test } from "vitest";
import { Heartbeat } from "../../../src/socket/heartbeat.ts";
import { Wakeups } from "../../../src/socket/wakeups.ts";
import { FakeClock } from "../../support/fake-clock.ts";

const beat = (fraction = 0.5): Heartbeat => new Heartbeat(20_000, 15_000, fraction, 1_000);

test("P-72 a silent peer is pinged after the interval, and given up when nothing came for 15 s more", () => {
  const heartbeat = beat();
  const pingAt = heartbeat.wakeAt;
  expect(heartbeat.tick(pingAt - 1)).toBe("wait");
  expect(heartbeat.tick(pingAt)).toBe("ping");
  expect(heartbeat.wakeAt).toBe(pingAt + 15_000);
  expect(heartbeat.tick(pingAt + 14_999)).toBe("wait");
  expect(heartbeat.tick(pingAt + 15_000)).toBe("lost");
});

test("the interval is spread over a tenth to either side", () => {
  const first = beat(0).wakeAt - 1_000;
  const last = beat(1 - 1 / 2 ** 32).wakeAt - 1_000;
  expect(first).toBe(18_000);
  expect(last).toBeGreaterThan(21_500);
  expect(last).toBeLessThanOrEqual(22_000);
  expect(beat(0.5).wakeAt - 1_000).toBeGreaterThan(first);
});

test("P-72 P-71 any received byte is a sign of life: it ends the wait for a pong and begins a new interval", () => {
  const heartbeat = beat();
  const pingAt = heartbeat.wakeAt;
  heartbeat.tick(pingAt);
  heartbeat.receive(pingAt + 14_999);
  expect(heartbeat.tick(pingAt + 15_000)).toBe("wait");
  // The ping counts as sent: the next is due an interval after it.
  expect(heartbeat.wakeAt).toBe(pingAt + (pingAt - 1_000));
});

test("P-72 sending is no sign of life", () => {
  const heartbeat = beat();
  const pingAt = heartbeat.wakeAt;
  for (let now = 2_000; now < pingAt; now += 1_000) heartbeat.send(now);
  expect(heartbeat.wakeAt).toBe(pingAt);
  expect(heartbeat.tick(pingAt)).toBe("ping");
  heartbeat.send(pingAt + 14_000);
  expect(heartbeat.tick(pingAt + 15_000)).toBe("lost");
});

test("F-30 a ping is also due when only the peer talks: some balancers time each direction by itself", () => {
  const heartbeat = beat();
  const pingAt = heartbeat.wakeAt;
  for (let now = 2_000; now <= pingAt; now += 1_000) heartbeat.receive(now);
  expect(heartbeat.wakeAt).toBe(pingAt);
  expect(heartbeat.tick(pingAt)).toBe("ping");
});

test("while both talk, nothing is due", () => {
  const heartbeat = beat();
  for (let now = 2_000; now < 600_000; now += 10_000) {
    heartbeat.receive(now);
    heartbeat.send(now);
    expect(heartbeat.tick(now)).toBe("wait");
  }
});

test("an interval of 0 never pings and never judges", () => {
  const heartbeat = new Heartbeat(0, 15_000, 0.5, 0);
  expect(heartbeat.wakeAt).toBe(Infinity);
  expect(heartbeat.tick(1e12)).toBe("wait");
});

describe("P-72 F-22 with the wakeups' grain of 100 ms", () => {
  test.each([0, 0.25, 0.5, 0.75, 1 - 1 / 2 ** 32])(
    "and a spread of %d a dead peer is noticed within 37 s of its last byte",
    (fraction) => {
      for (const offset of [0, 0.01, 1, 50, 99.99]) {
        const clock = new FakeClock(1_000 + offset);
        const wakeups = new Wakeups(clock);
        const heartbeat = new Heartbeat(20_000, 15_000, fraction, clock.now());
        const began = clock.now();
        let lostAt = Infinity;
        const watcher = {
          wakeBucket: Infinity,
          wake(now: number): void {
            if (heartbeat.tick(now) === "lost") lostAt = now;
            else wakeups.schedule(watcher, heartbeat.wakeAt);
          },
        };
        wakeups.schedule(watcher, heartbeat.wakeAt);
        clock.advance(60_000);
        expect(lostAt - began).toBeLessThanOrEqual(37_000);
        expect(lostAt - began).toBeGreaterThanOrEqual(33_000);
      }
    },
  );
});
