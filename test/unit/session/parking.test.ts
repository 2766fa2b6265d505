import { describe, expect, test } from "vitest";
import { Parking } from "../../../src/session/parking.ts";

/** A session in all that parking sees of it. */
class Waiting {
  readonly retainedBytes: number;
  expired: string | undefined;

  constructor(retainedBytes = 0) {
    this.retainedBytes = retainedBytes;
  }

  expire(reason: string): void {
    this.expired = reason;
  }
}

const charge = 1_152;

describe("Parking", () => {
  test("I-12 whoever has waited longest makes room for one too many", () => {
    const parking = new Parking({ maxParked: 2, maxParkedBytes: Infinity });
    const [first, second, third] = [new Waiting(), new Waiting(), new Waiting()];
    for (const session of [first, second]) parking.park(session);
    // Back again and away again: it has not waited longest any more.
    parking.park(first);
    parking.park(third);
    expect([first.expired, second.expired, third.expired]).toEqual([undefined, expect.any(String), undefined]);
    expect(parking.count).toBe(2);
  });

  test("I-12 what all of them keep is bounded, each charged with itself", () => {
    const parking = new Parking({ maxParked: 10, maxParkedBytes: 2 * charge + 1_000 });
    const [first, second, third] = [new Waiting(500), new Waiting(500), new Waiting(1)];
    for (const session of [first, second]) parking.park(session);
    expect([parking.bytes, first.expired]).toEqual([2 * charge + 1_000, undefined]);
    parking.park(third);
    expect([first.expired !== undefined, second.expired, third.expired]).toEqual([true, undefined, undefined]);
    expect(parking.bytes).toBe(2 * charge + 501);
  });

  test("I-12 one that is too large by itself does not stay", () => {
    const parking = new Parking({ maxParked: 10, maxParkedBytes: 5_000 });
    const huge = new Waiting(5_000);
    parking.park(huge);
    expect([huge.expired !== undefined, parking.count, parking.bytes]).toEqual([true, 0, 0]);
  });

  test("I-14 who leaves takes the charge along, and whoever was never here has none", () => {
    const parking = new Parking({ maxParked: 10, maxParkedBytes: 5_000 });
    const session = new Waiting(7);
    parking.park(session);
    parking.leave(session);
    parking.leave(session);
    expect([parking.count, parking.bytes]).toEqual([0, 0]);
  });
});
