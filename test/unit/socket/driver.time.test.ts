// Deadlines and keep-alive on a clock that stands still. RELIABILITY P-72, P-73, V-04.
import { describe, expect, test } from "vitest";
import type { Random } from "../../../src/base/random.ts";
import { createRuntime } from "../../../src/socket/runtime.ts";
import { DrivenConnection } from "../../support/driven-connection.ts";
import { FakeClock, settled } from "../../support/fake-clock.ts";
import { frameTo, showText, type Role } from "../../support/naive-frame-codec.ts";

const roles: readonly Role[] = ["server", "client"];

/** Draws the same spread of the ping interval each time. */
const spread = (fraction: number): Random => ({
  fill: (bytes) => void bytes.fill(7),
  fraction: () => fraction,
});

/** Advances second by second, letting both ends read, until the connection is closed; returns how long that took. */
async function untilClosed(driven: DrivenConnection, limitMs: number, onSecond?: () => void): Promise<number> {
  const began = driven.clock.now();
  while (driven.outcome === undefined && driven.clock.now() - began < limitMs) {
    onSecond?.();
    await driven.clock.advanceAsync(100);
    driven.read();
  }
  return driven.clock.now() - began;
}

describe.each(roles)("a %s", (role) => {
  test.each([0, 0.5, 1 - 1 / 2 ** 32])(
    "P-72 F-22 with a ping interval spread by %d notices a dead peer within 37 s, after one ping",
    async (fraction) => {
      const driven = new DrivenConnection({ role, random: spread(fraction) });
      expect(await untilClosed(driven, 60_000)).toBeLessThanOrEqual(37_000);
      expect(driven.sent).toEqual(["ping"]);
      expect(driven.lines).toEqual(["closing", 'closed 1006 ""']);
      expect(driven.cause).toBe("LW_SOCKET_PEER_SILENT 1006");
    },
  );

  test("P-72 notices it as well while it sends to it all the time", async () => {
    const driven = new DrivenConnection({ role, limits: { slowConsumerTimeoutMs: 0 } });
    expect(await untilClosed(driven, 60_000, () => driven.driver.send("tick"))).toBeLessThanOrEqual(37_000);
    expect(driven.cause).toBe("LW_SOCKET_PEER_SILENT 1006");
  });

  test("P-72 P-71 keeps a peer that answers its pings, and one that only talks", async () => {
    const answering = new DrivenConnection({ role });
    const talking = new DrivenConnection({ role });
    for (let second = 0; second < 600; second++) {
      await answering.clock.advanceAsync(1_000);
      await talking.clock.advanceAsync(1_000);
      const pings = answering.sent.length;
      answering.read();
      if (answering.sent.length > pings) answering.receive(frameTo(role, 10));
      if (second % 15 === 0) talking.receive(frameTo(role, 1, "x"));
    }
    expect([answering.outcome, talking.outcome]).toEqual([undefined, undefined]);
    const pingCount = answering.sent.length;
    expect(pingCount).toBeGreaterThanOrEqual(600 / 22 - 1);
    expect(pingCount).toBeLessThanOrEqual(600 / 18 + 1);
    talking.read();
    expect(talking.sent.length, "F-30 both directions carry something").toBeGreaterThanOrEqual(600 / 22 - 1);
  });

  test("P-73 after a stall of 10 s what had arrived is read before anything is judged", async () => {
    const driven = new DrivenConnection({ role, random: spread(0.5) });
    await driven.clock.advanceAsync(20_000);
    driven.read();
    expect(driven.sent).toEqual(["ping"]);
    // The loop stalls past the pong's time-out; the pong lay in the kernel all the while.
    driven.receive(frameTo(role, 10));
    await driven.clock.advanceAsync(20_000);
    expect(driven.outcome).toBeUndefined();
    expect(driven.lines).toEqual(["pong"]);
  });

  test("P-73 a message that was complete in the kernel is no message that took too long", async () => {
    const clock = new FakeClock();
    const runtime = createRuntime({ clock });
    const driven = new DrivenConnection({ role, clock, runtime, limits: { pingIntervalMs: 0 } });
    const whole = frameTo(role, 1, "in two halves");
    driven.receive(whole.subarray(0, 9));
    await clock.advanceAsync(55_000);
    // A stall of 10 s: the clock has passed the deadline, and the poll phase comes before the timers' callbacks.
    const { now } = clock;
    clock.now = () => now.call(clock) + 10_000;
    driven.receive(whole.subarray(9));
    await clock.advanceAsync(10_000);
    expect(driven.lines).toEqual([showText("in two halves")]);
    expect(driven.outcome).toBeUndefined();
  });

  test("V-04 a message that is not finished in 60 s closes with 1008, within a second", async () => {
    const driven = new DrivenConnection({ role, limits: { pingIntervalMs: 0 } });
    driven.receive(frameTo(role, 1, "first fragment", false));
    await driven.clock.advanceAsync(59_000);
    expect(driven.lines).toEqual([]);
    await driven.clock.advanceAsync(2_000);
    await driven.settle();
    expect(driven.sent.at(-1)).toMatch(/^close 1008 /);
    driven.far.end();
    await driven.settle();
    expect(driven.cause).toBe("LW_PROTOCOL_MESSAGE_TIMEOUT 1008");
  });

  test("while we do not read, silence says nothing about the peer: it is judged anew when we do", async () => {
    const driven = new DrivenConnection({ role, random: spread(0.5) });
    driven.driver.pause();
    await driven.clock.advanceAsync(300_000);
    driven.read();
    expect(driven.sent).toEqual([]);
    driven.driver.resume();
    await driven.clock.advanceAsync(14_000);
    expect(driven.outcome).toBeUndefined();
    expect(await untilClosed(driven, 60_000)).toBeLessThanOrEqual(37_000 - 14_000);
  });

  test("once closing, only the closing is waited for: no ping is sent", async () => {
    const driven = new DrivenConnection({ role, limits: { closeTimeoutMs: 200_000 } });
    driven.driver.close(1000);
    await driven.clock.advanceAsync(100_000);
    await driven.settle();
    expect(driven.sent).toEqual(['close 1000 ""']);
    expect(driven.outcome).toBeUndefined();
  });
});

test("a thousand idle connections of one runtime need one timer", async () => {
  const clock = new FakeClock();
  const runtime = createRuntime({ clock });
  const all = Array.from({ length: 1_000 }, () => new DrivenConnection({ clock, runtime }));
  expect(clock.pendingCount).toBe(1);
  expect(runtime.wakeups.size).toBe(1_000);
  for (const { driver } of all) driver.terminate();
  await settled();
  expect(runtime.wakeups.size).toBe(0);
});
