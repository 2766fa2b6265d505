import { describe, expect, test } from "vitest";
import { Hold, Reading } from "../../../src/socket/reading.ts";
import { frameTo, showText } from "../../support/naive-frame-codec.ts";
import { createPipePair, type MemoryPipe } from "../../support/pipe-pair.ts";
import { RecordedConnection } from "../../support/recorded-connection.ts";

/** A machine, a pipe, and what decides whether they are read. */
function setUp(onEvent?: (reading: Reading) => void): {
  reading: Reading;
  recorded: RecordedConnection;
  pipe: MemoryPipe;
} {
  const recorded = new RecordedConnection({ role: "server", onEvent: () => onEvent?.(reading) });
  const [pipe] = createPipePair();
  const reading = new Reading(pipe, recorded.connection);
  return { reading, recorded, pipe };
}

const message = frameTo("server", 1, "x");

test("a reason stops the machine before its next frame, and the pipe; both go on when it is gone", () => {
  const { reading, recorded, pipe } = setUp();
  reading.stop(Hold.owner);
  expect([reading.stopped, reading.isHeldBy(Hold.owner), reading.isHeldBy(Hold.inbox)]).toEqual([true, true, false]);
  expect([pipe.isPaused, recorded.connection.held]).toEqual([true, true]);
  recorded.receive(message);
  expect(recorded.events).toEqual([]);
  expect(reading.go(Hold.owner, 0)).toBe(true);
  expect(recorded.events).toEqual([showText("x")]);
  expect([reading.stopped, pipe.isPaused, recorded.connection.held]).toEqual([false, false, false]);
});

test("with several reasons, the last one gone makes it go on", () => {
  const { reading, pipe } = setUp();
  const reasons = [Hold.inbox, Hold.output, Hold.owner, Hold.budget, Hold.turn, Hold.rate];
  for (const reason of reasons) reading.stop(reason);
  for (const reason of reasons.slice(1)) {
    expect(reading.go(reason, 0)).toBe(false);
    expect(pipe.isPaused).toBe(true);
  }
  expect(reading.go(Hold.inbox, 0)).toBe(true);
  expect(pipe.isPaused).toBe(false);
});

test("taking a reason away that was none changes nothing", () => {
  const { reading, pipe } = setUp();
  expect(reading.go(Hold.owner, 0)).toBe(false);
  reading.stop(Hold.owner);
  expect(reading.go(Hold.budget, 0)).toBe(false);
  expect(pipe.isPaused).toBe(true);
});

describe("a checkpoint", () => {
  test("stops the machine and not the pipe: it is over before the event loop could bring more", () => {
    const { reading, recorded, pipe } = setUp();
    reading.stop(Hold.checkpoint);
    expect([pipe.isPaused, recorded.connection.held]).toEqual([false, true]);
    expect(reading.go(Hold.checkpoint, 0)).toBe(false);
    expect(recorded.connection.held).toBe(false);
  });

  test.each([
    ["before it", [Hold.owner, Hold.checkpoint], [Hold.checkpoint, Hold.owner]],
    ["before it and taken back during it", [Hold.owner, Hold.checkpoint], [Hold.owner, Hold.checkpoint]],
    ["during it", [Hold.checkpoint, Hold.owner], [Hold.checkpoint, Hold.owner]],
    ["during it and taken back at once", [Hold.checkpoint, Hold.owner], [Hold.owner, Hold.checkpoint]],
  ])("P-75 a pause asked for %s leaves a pipe that flows in the end", (_when, stops, goes) => {
    const { reading, pipe } = setUp();
    for (const reason of stops) reading.stop(reason);
    expect(pipe.isPaused).toBe(true);
    const flowed = goes.map((reason) => reading.go(reason, 0));
    expect(pipe.isPaused).toBe(false);
    expect(flowed).toEqual([false, true]);
  });
});

test("what the machine reads when it goes on may stop it again: the pipe then stays as it is", () => {
  const { reading, recorded, pipe } = setUp((self) => self.stop(Hold.inbox));
  reading.stop(Hold.owner);
  recorded.receive(message);
  recorded.receive(message);
  expect(reading.go(Hold.owner, 0)).toBe(false);
  expect(recorded.events).toHaveLength(1);
  expect(pipe.isPaused).toBe(true);
  expect(reading.go(Hold.inbox, 0)).toBe(false);
  expect(recorded.events).toHaveLength(2);
  expect(reading.go(Hold.inbox, 0)).toBe(true);
  expect(pipe.isPaused).toBe(false);
});

test("it is active while what was held is being worked through, and was before what it was before", () => {
  const seen: boolean[] = [];
  const { reading, recorded } = setUp((self) => seen.push(self.active));
  for (const outer of [false, true]) {
    reading.stop(Hold.turn);
    recorded.receive(message);
    reading.active = outer;
    reading.go(Hold.turn, 0);
    expect(reading.active).toBe(outer);
  }
  expect(seen).toEqual([true, true]);
});

test("P-63 the peer's end waits for what is held back, and only then", () => {
  const { reading } = setUp();
  expect([reading.waitsWithEnd(), reading.endIsDue]).toEqual([false, false]);
  reading.stop(Hold.checkpoint);
  expect([reading.waitsWithEnd(), reading.endIsDue]).toEqual([true, false]);
  reading.go(Hold.checkpoint, 0);
  expect(reading.endIsDue).toBe(true);
});
