// Many connections and one budget. RELIABILITY I-12, F-37 in small: figures are what is charged, not what a heap shows.
import { describe, expect, test } from "vitest";
import { createRuntime, type SocketRuntime } from "../../../src/socket/runtime.ts";
import { bytes, concat } from "../../support/byte-builder.ts";
import { DrivenConnection, type DrivenOptions } from "../../support/driven-connection.ts";
import { FakeClock, settled } from "../../support/fake-clock.ts";
import { frameTo, showText } from "../../support/naive-frame-codec.ts";

const KiB = 1024;

/** Connections that share 1 MiB. */
class House {
  readonly clock = new FakeClock();
  readonly runtime: SocketRuntime = createRuntime({ clock: this.clock, memoryBudgetBytes: KiB * KiB });

  connect(options: DrivenOptions = {}): DrivenConnection {
    return new DrivenConnection({ clock: this.clock, runtime: this.runtime, ...options });
  }

  get used(): number {
    return this.runtime.budget.used;
  }
}

/** A part of a message that is never finished. */
const part = (size: number): Uint8Array => frameTo("server", 2, new Uint8Array(size), false);

test("what is charged is what all connections hold, in and out, and nothing when they hold nothing", async () => {
  const house = new House();
  const input = house.connect();
  const output = house.connect({ windowBytes: 0 });
  const waiting = house.connect({ onMessage: () => new Promise(() => {}) });
  input.receive(part(10_000));
  output.driver.send(new Uint8Array(20_000));
  waiting.receive(frameTo("server", 1, "busy"), frameTo("server", 2, new Uint8Array(30_000)));
  await settled();
  expect(house.used).toBeGreaterThanOrEqual(60_000);
  expect(house.used).toBeLessThanOrEqual(70_000);
  for (const { driver } of [input, output, waiting]) driver.terminate();
  await settled();
  expect(house.used).toBe(0);
});

describe("I-12 at four fifths", () => {
  test("the largest is not read any more, the others are; when the budget is relieved it is read again", async () => {
    const house = new House();
    const large = house.connect();
    const small = house.connect();
    large.receive(part(500 * KiB));
    small.receive(part(330 * KiB));
    expect([large.pipe.isPaused, small.pipe.isPaused]).toEqual([true, false]);
    small.receive(frameTo("server", 0, "the end"));
    expect(small.lines).toHaveLength(1);
    expect(large.pipe.isPaused).toBe(false);
    large.receive(frameTo("server", 0, "the end"));
    expect(large.lines).toHaveLength(1);
    expect(house.used).toBe(0);
  });

  test("one that was stopped for what waited before its peer is read again when that has left, however much others hold", async () => {
    const house = new House();
    for (let count = 0; count < 8; count++) house.connect().receive(part(91 * KiB));
    const slow = house.connect({ windowBytes: 16 * KiB });
    slow.driver.send(new Uint8Array(110 * KiB));
    await settled();
    expect(slow.pipe.isPaused).toBe(true);
    await slow.settle();
    expect(house.used).toBeGreaterThan(0.7 * KiB * KiB);
    slow.receiveText("still there?");
    expect(slow.lines).toEqual([showText("still there?")]);
  });
});

describe("F-37 at nineteen twentieths", () => {
  test("the largest is given up with 1013 and lets go of everything; the others go on", async () => {
    const house = new House();
    const large = house.connect();
    const small = house.connect();
    large.receive(part(600 * KiB));
    small.receive(part(400 * KiB));
    await settled();
    expect(large.lines).toEqual(["closing", 'closed 1006 ""']);
    expect(large.cause).toBe("LW_SOCKET_MEMORY_BUDGET 1013");
    expect(house.runtime.budget.shedCount).toBe(1);
    expect(house.used).toBeLessThan(500 * KiB);
    small.receive(frameTo("server", 0, "the end"));
    expect(small.lines).toHaveLength(1);
    expect(house.used).toBe(0);
  });

  test("fragments, pings and slow readers together never pass the budget, and a modest connection never notices", async () => {
    const house = new House();
    const control = house.connect({ onMessage: ({ driver }) => void driver.send("echo") });
    const fragmented = Array.from({ length: 20 }, () => house.connect());
    const unread = Array.from({ length: 20 }, () => house.connect({ windowBytes: 0 }));
    const pinged = Array.from({ length: 20 }, () => house.connect({ windowBytes: 0 }));
    for (const each of fragmented) each.receive(part(1));
    const fragments = concat(Array.from({ length: 200 }, () => frameTo("server", 0, bytes(1, 2, 3, 4, 5), false)));
    const pings = concat(Array.from({ length: 100 }, () => frameTo("server", 9, new Uint8Array(125))));
    let peak = 0;
    for (let round = 0; round < 100; round++) {
      for (const each of fragmented) each.receive(fragments);
      for (const { driver } of unread) driver.send(new Uint8Array(4 * KiB));
      for (const each of pinged) each.receive(pings);
      control.receiveText("?");
      await settled(1);
      peak = Math.max(peak, house.used);
    }
    expect(peak).toBeLessThan(0.95 * KiB * KiB + 8 * KiB);
    expect(house.runtime.budget.shedCount).toBeGreaterThan(5);
    const shed = [...fragmented, ...unread, ...pinged].filter(({ outcome }) => outcome !== undefined);
    for (const each of shed) expect(each.cause).toMatch(/^LW_SOCKET_(MEMORY_BUDGET|SLOW_CONSUMER) 1013$/);
    await control.settle();
    expect(control.outcome).toBeUndefined();
    expect(control.sent).toHaveLength(100);
  });
});
