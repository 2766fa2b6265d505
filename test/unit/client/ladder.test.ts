import { describe, expect, test } from "vitest";
import { headStartMs, LADDER, Ladder } from "../../../src/client/ladder.ts";
import type { Surroundings } from "../../../src/client/surroundings.ts";
import { ClientNetwork } from "../../support/client-network.ts";

function begin(
  transports = LADDER,
  lacking: Partial<Surroundings> = {},
  network = new ClientNetwork(),
): { network: ClientNetwork; ladder: Ladder } {
  const surroundings = { ...network.surroundings, ...lacking };
  return { network, ladder: new Ladder({ surroundings, origin: "https://a.example", transports }) };
}

describe("what can be used", () => {
  test.each([
    [LADDER, {}, LADDER],
    [LADDER, { dial: undefined }, ["stream", "longpoll", "poll"]],
    [LADDER, { readsStreams: false }, ["websocket", "longpoll", "poll"]],
    [LADDER, { fetch: undefined }, ["websocket"]],
    [["poll", "websocket"] as const, {}, ["websocket", "poll"]],
    [["stream"] as const, { readsStreams: false }, []],
  ])("of %j without %j: %j", (allowed, lacking, usable) => {
    expect(begin(allowed, lacking).ladder.usable).toEqual(usable);
  });
});

describe("what is tried", () => {
  test("what worked last comes first for ten minutes, and is remembered beyond the page", () => {
    const { ladder, network } = begin();
    ladder.receiveWorking("longpoll");
    expect(ladder.order).toEqual(["longpoll", "poll"]);
    expect(begin(LADDER, {}, network).ladder.order).toEqual(["longpoll", "poll"]);
    network.clock.advance(600_000);
    expect(ladder.order).toEqual(LADDER);
    ladder.receiveWorking("websocket");
    expect(network.memory.size).toBe(0);
  });

  test("what is remembered grows no older than ten minutes", () => {
    const { ladder, network } = begin();
    ladder.receiveWorking("longpoll");
    network.clock.advance(599_000);
    const later = begin(LADDER, {}, network).ladder;
    expect(later.order).toEqual(["longpoll", "poll"]);
    network.clock.advance(1_000);
    expect(later.order).toEqual(LADDER);
  });

  test("when that fails, or the network is another, everything is tried", () => {
    const { ladder, network } = begin();
    ladder.receiveWorking("poll");
    ladder.receiveFailure();
    expect(ladder.order).toEqual(LADDER);
    ladder.receiveWorking("poll");
    ladder.reset();
    expect([ladder.order, network.memory.size]).toEqual([LADDER, 0]);
  });

  test("F-39 a WebSocket that was just seen not to get through is not tried first; what works below it still decides", () => {
    const { ladder, network } = begin();
    ladder.receiveBlocked();
    expect([ladder.order, ladder.mayClimb, network.memory.size]).toEqual([["stream", "longpoll", "poll"], true, 0]);
    ladder.receiveWorking("longpoll");
    ladder.receiveBlocked();
    expect(ladder.order).toEqual(["longpoll", "poll"]);
    const { ladder: alone } = begin(["websocket"]);
    alone.receiveBlocked();
    expect(alone.order).toEqual(["websocket"]);
  });

  test("what somebody else wrote into the memory is not believed", () => {
    const network = new ClientNetwork();
    network.memory.set("path https://a.example", "carrier pigeon");
    expect(begin(LADDER, {}, network).ladder.order).toEqual(LADDER);
  });

  test("two WebSockets that die within a minute demote it for five; one that lived long does not count", () => {
    const { ladder, network } = begin();
    ladder.receiveDeath(59_000);
    ladder.receiveDeath(61_000);
    ladder.receiveDeath(1_000);
    expect(ladder.mayClimb).toBe(true);
    ladder.receiveDeath(1_000);
    expect([ladder.mayClimb, ladder.order]).toEqual([false, ["stream", "longpoll", "poll"]]);
    network.clock.advance(300_000);
    expect([ladder.mayClimb, ladder.order]).toEqual([true, LADDER]);
  });

  test("where there is nothing else, WebSocket is never demoted", () => {
    const { ladder } = begin(["websocket"]);
    for (let count = 0; count < 5; count++) ladder.receiveDeath(0);
    expect(ladder.order).toEqual(["websocket"]);
  });

  test("F-30 two held requests cut in a row: it polls; one that was held to its end makes that good", () => {
    const { ladder } = begin();
    ladder.receiveHeldEnd(true);
    ladder.receiveHeldEnd(false);
    ladder.receiveHeldEnd(true);
    expect(ladder.order).toContain("longpoll");
    ladder.receiveHeldEnd(true);
    expect(ladder.order).not.toContain("longpoll");
  });

  test("F-30 after ten minutes it is tried again, and two more cuts are needed to give it up", () => {
    const { ladder, network } = begin();
    for (const isCut of [true, true]) ladder.receiveHeldEnd(isCut);
    network.clock.advance(10 * 60_000 - 1);
    expect(ladder.order).not.toContain("longpoll");
    network.clock.advance(1);
    expect(ladder.order).toContain("longpoll");
    ladder.receiveHeldEnd(true);
    expect(ladder.order).toContain("longpoll");
    ladder.receiveHeldEnd(true);
    expect(ladder.order).not.toContain("longpoll");
  });
});

test.each([
  [undefined, 300],
  [10, 150],
  [100, 300],
  [1_000, 600],
])("after a round trip of %s ms the head start is %i ms", (roundTripMs, expected) => {
  expect(headStartMs(roundTripMs)).toBe(expected);
});

describe("climbing", () => {
  const random = { fraction: () => 0.5 };

  test("F-39 WebSocket is tried again after 15, 30 and then every 45 s, from the beginning once it has worked", () => {
    const { ladder } = begin(LADDER, { random });
    const pauses = (): unknown[] => Array.from({ length: 4 }, () => ladder.climbPauseMs("stream"));
    expect(pauses()).toEqual([15_000, 30_000, 45_000, 45_000]);
    expect(ladder.climbPauseMs("websocket")).toBeUndefined();
    expect(ladder.climbPauseMs("poll")).toBe(15_000);
  });

  test("F-27 not by all clients at the same moment: a fifth earlier or later", () => {
    expect(begin(LADDER, { random: { fraction: () => 0 } }).ladder.climbPauseMs("poll")).toBe(12_000);
    expect(begin(LADDER, { random: { fraction: () => 1 } }).ladder.climbPauseMs("poll")).toBeCloseTo(18_000);
  });

  test("never where it cannot be used", () => {
    expect(begin(["stream", "poll"], { random }).ladder.climbPauseMs("stream")).toBeUndefined();
  });
});
