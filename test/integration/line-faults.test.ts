// What networks and machines do to a session, row by row of RELIABILITY's fault matrix, against a whole client and a whole server
// in virtual time: nothing lost, nothing doubled, nothing out of order, and no close that the application did not cause. Those
// that break connections at bytes nobody chose are line-byte-offsets and client-lossless; rows of topics come with the hub.
import { describe, expect, test, vi } from "vitest";
import type { TransportKind } from "../../src/session/way.ts";
import { FaultyTalk } from "../support/faulty-talk.ts";
import { isFullRun } from "../support/seeded-random.ts";

const kinds: readonly TransportKind[] = ["websocket", "stream", "longpoll", "poll"];
const nothing = [[], []];
/** For what takes longer with LONGWIRE_FULL=1. */
const patience = isFullRun ? 300_000 : 30_000;
const closes = (talk: FaultyTalk): string[] => talk.events.filter((event) => event.startsWith("close"));

describe.each(kinds)("over %s", (kind) => {
  test("F-18 a network that swallows everything for 20 s: nothing is lost, and no close", async () => {
    const talk = await FaultyTalk.begin([kind]);
    talk.talk(3);
    await talk.pass(100);
    talk.site.network.conditions = { latencyMs: 5, blackhole: true };
    for (let second = 0; second < 20; second++) {
      talk.talk();
      await talk.pass(1_000);
    }
    // What the hole has swallowed breaks the connections that are still there.
    talk.site.network.conditions = { latencyMs: 5 };
    talk.site.network.cut();
    talk.talk(3);
    await talk.arrive();
    expect([talk.differences, closes(talk), talk.counts]).toEqual([
      nothing,
      [],
      { opened: 1, closed: 0, said: 26, told: 26 },
    ]);
  });

  test("F-18 I-15 one for 180 s: the client is told once that its session is gone, and a new socket works", async () => {
    const talk = await FaultyTalk.begin([kind]);
    talk.site.network.conditions = { blackhole: true };
    await talk.pass(180_000);
    expect(talk.gauge("sessions")).toBe(0);
    expect(talk.counts.closed).toBe(1);
    talk.site.network.cut();
    talk.site.network.conditions = { latencyMs: 5 };
    await talk.pass(40_000);
    expect(talk.events.filter((event) => event !== "suspend")).toEqual(["open", "close 1006"]);
    const again = talk.line.open("/talk");
    await talk.pass(5_000);
    expect(again.readyState).toBe(1);
  });

  test(
    "F-31 every connection is cut after 30 s, for minutes",
    async () => {
      const talk = await FaultyTalk.begin([kind]);
      talk.site.network.conditions = { latencyMs: 5, cutAfterMs: 30_000 };
      talk.site.network.cut();
      const dialled = talk.site.dialled.length;
      const minutes = isFullRun ? 10 : 2;
      for (let second = 0; second < minutes * 60; second += 2) {
        talk.talk();
        await talk.pass(2_000);
      }
      await talk.arrive();
      expect([talk.differences, closes(talk)]).toEqual([nothing, []]);
      expect(talk.site.dialled.length - dialled).toBeGreaterThanOrEqual(minutes * 2);
    },
    patience,
  );

  test(
    "F-19 a long, slow and uneven path: nothing is lost, and nobody gives up",
    async () => {
      const talk = await FaultyTalk.begin([kind]);
      talk.site.network.conditions = { latencyMs: [50, 150], bytesPerSecond: 16_000 };
      for (let second = 0; second < 60; second++) {
        talk.talk(3);
        await talk.pass(1_000);
      }
      await talk.arrive();
      expect([talk.differences, talk.events]).toEqual([nothing, ["open"]]);
    },
    patience,
  );

  test("F-30 nothing is said for ten minutes, and whatever is silent for 60 s is cut", async () => {
    const talk = await FaultyTalk.begin([kind]);
    talk.site.network.conditions = { latencyMs: 5, cutIdleMs: 60_000 };
    await talk.pass(600_000);
    expect(talk.events).toEqual(["open"]);
    talk.talk();
    await talk.arrive();
    expect(talk.differences).toEqual(nothing);
  });

  test("F-35 I-20 each byte by itself, late: the applications see what they see of the whole", async () => {
    const talk = await FaultyTalk.begin([kind]);
    talk.site.network.conditions = { latencyMs: [0, 50], sliceBytes: 1 };
    talk.talk(3);
    await talk.arrive();
    expect([talk.differences, talk.events]).toEqual([nothing, ["open"]]);
  });

  test("I-14 P-120 nothing is left of it: no session, no connection, no timer", async () => {
    const talk = await FaultyTalk.begin([kind]);
    talk.talk(3);
    await talk.arrive();
    const { line, site } = talk;
    line.close();
    await talk.pass(60_000);
    expect([talk.gauge("sessions"), talk.openConnections, talk.counts.closed]).toEqual([0, 0, 1]);
    // What the server looks after by itself goes on: as much as there is without a client.
    const left = site.clock.pendingCount;
    const other = site.connect([kind]);
    other.open("/talk");
    await talk.pass(2_000);
    other.close();
    await talk.pass(60_000);
    expect([site.clock.pendingCount, talk.gauge("sessions"), talk.openConnections]).toEqual([left, 0, 0]);
  });

  test(
    "F-41 F-42 F-44 resumed at once, whether the server knows of the cut or not, again and again: always recovered",
    async () => {
      const talk = await FaultyTalk.begin([kind]);
      const { network } = talk.site;
      const many = isFullRun ? 1_000 : 50;
      for (let count = 0; count < many; count++) {
        for (const connection of network.connections) {
          if (count % 2 === 0) connection.halfOpen("near");
          else connection.cut();
        }
        // The first time nothing was received yet.
        if (count > 0) talk.talk();
        const { length } = talk.events;
        for (let turn = 0; turn < 400 && talk.events.length < length + 2; turn++) await talk.pass(25);
      }
      await talk.arrive();
      expect([talk.differences, closes(talk), talk.counts]).toEqual([
        nothing,
        [],
        { opened: 1, closed: 0, said: many - 1, told: many - 1 },
      ]);
      expect(talk.gauge("sessions_opened_total")).toBe(1);
    },
    patience,
  );

  test("P-120 I-14 opened and given up at every moment, with and without a cut: nothing is left, and the next one works", async () => {
    const talk = await FaultyTalk.begin([kind]);
    talk.line.close();
    await talk.pass(1_000);
    for (let moment = 0; moment < 60; moment += 3) {
      const line = talk.site.connect([kind]);
      const socket = line.open("/talk");
      await talk.pass(moment);
      if (moment % 4 === 0) socket.close();
      line.close();
      await talk.pass(500);
      expect(talk.openConnections, `given up after ${String(moment)} ms`).toBe(0);
    }
    for (let moment = 0; moment < 60; moment += 3) {
      const line = talk.site.connect([kind]);
      line.open("/talk");
      await talk.pass(moment);
      talk.site.network.cut();
      line.close();
    }
    await talk.pass(180_000);
    expect([talk.gauge("sessions"), talk.openConnections]).toEqual([0, 0]);
    const next = talk.site.connect([kind]);
    const socket = next.open("/talk");
    await talk.pass(3_000);
    expect(socket.readyState).toBe(1);
    next.close();
  });
});

test.each(["websocket", "stream"] as const)(
  "F-22 %s: each side is gone for the other without a word, and the other lets go of it",
  async (kind) => {
    const talk = await FaultyTalk.begin([kind], { hasOwnClock: true });
    const { site } = talk;
    await talk.pass(1_000);
    for (const connection of site.network.connections) connection.blackhole();
    talk.talk(2);
    await site.clock.advanceAsync(37_500);
    expect([talk.gauge("sessions"), talk.gauge("sessions_parked")]).toEqual([1, 1]);
    await site.clientClock.advanceAsync(37_500);
    expect(talk.events.slice(0, 2)).toEqual(["open", "suspend"]);
    await talk.arrive();
    expect([talk.differences, closes(talk), talk.counts.opened]).toEqual([nothing, [], 1]);
  },
);

test("F-38 another network while the old connection stands half open: one transport delivers, the old one is let go", async () => {
  const talk = await FaultyTalk.begin(["websocket"]);
  const [old] = [...talk.site.network.connections];
  old?.blackhole();
  talk.talk(3);
  talk.site.pages[0]?.receiveNetworkChanged();
  await talk.pass(4_000);
  talk.talk(3);
  await talk.arrive();
  expect([talk.differences, closes(talk), talk.counts.opened]).toEqual([nothing, [], 1]);
  // It said 4409 to somebody who does not hear it.
  await talk.pass(10_000);
  expect([old?.far.destroyed, talk.gauge("sessions"), talk.gauge("sessions_parked")]).toEqual([true, 1, 0]);
});

describe("a client that stands still", () => {
  test("F-24 for 90 s: everything that was said to it comes, in order, and no close", async () => {
    const talk = await FaultyTalk.begin(["websocket"], { hasOwnClock: true });
    await sleep(talk, 90_000, () => {
      for (let count = 0; count < 5; count++) talk.tell();
    });
    await talk.arrive();
    expect(talk.counts.told).toBe(450);
    expect([talk.differences, closes(talk)]).toEqual([nothing, []]);
  });

  test("F-24 while more is said than is kept for it: the channel ends, and both sides are told", async () => {
    const talk = await FaultyTalk.begin(["websocket"], { hasOwnClock: true });
    let pressure = "";
    await sleep(talk, 90_000, () => {
      for (let count = 0; count < 200; count++) pressure = talk.tell();
    });
    await talk.arrive();
    expect([pressure, closes(talk), talk.counts.closed]).toEqual(["dropped", ["close 1013"], 1]);
    // What came of it is its beginning: no hole that nobody is told of.
    expect(talk.down).toEqual(talk.down.map((_, index) => index));
  });

  test.each([
    [true, "gap"],
    [false, "close 1006"],
  ])("F-23 for ten minutes, movable: %s: it is told %s before anything else comes", async (isMovable, told) => {
    const talk = await FaultyTalk.begin(["websocket"], { hasOwnClock: true, isMovable });
    await sleep(talk, 600_000, () => talk.tell());
    expect(talk.gauge("sessions")).toBe(0);
    const before = talk.down.length;
    let atTheWord = -1;
    const note = (): number => (atTheWord = talk.down.length);
    talk.socket.addEventListener("resume", note);
    talk.socket.addEventListener("close", note);
    for (let turn = 0; turn < 100 && atTheWord < 0; turn++) await talk.pass(500);
    expect([talk.events.at(-1), atTheWord]).toEqual([told, before]);
  });

  test(
    "F-21 for five minutes, twenty of them: their transports and then their sessions are let go",
    async () => {
      const talk = await FaultyTalk.begin(["websocket"], { hasOwnClock: true });
      const { site } = talk;
      const count = isFullRun ? 100 : 20;
      const lines = Array.from({ length: count - 1 }, () => site.connect(["websocket"]));
      for (const line of lines) line.open("/talk");
      await talk.pass(2_000);
      expect([talk.gauge("sessions"), talk.openConnections]).toEqual([count, count]);
      for (const connection of site.network.connections) connection.blackhole();
      await site.clock.advanceAsync(38_000);
      expect([talk.gauge("sessions"), talk.gauge("sessions_parked")]).toEqual([count, count]);
      expect([...site.network.connections].every(({ far }) => far.destroyed)).toBe(true);
      await site.clock.advanceAsync(122_000);
      expect([talk.gauge("sessions"), talk.counts.closed]).toEqual([0, count]);
      site.network.cut();
      for (const line of lines) line.close();
    },
    patience,
  );
});

test("F-46 a thousand messages said offline are handled once and in order; what is beyond the bound is an error", async () => {
  const talk = await FaultyTalk.begin(["websocket"]);
  const { site } = talk;
  site.blocksUpgrades = true;
  site.network.cut();
  for (let count = 0; count < 1_000; count++) talk.say();
  expect(talk.counts.said).toBe(1_000);
  await talk.pass(20_000);
  site.blocksUpgrades = false;
  await talk.arrive();
  expect([talk.differences, closes(talk)]).toEqual([nothing, []]);
  site.blocksUpgrades = true;
  site.network.cut();
  const large = "x".repeat(64 * 1024);
  let last = "";
  for (let count = 0; count < 300; count++) last = talk.socket.send(large);
  await talk.pass(1_000);
  expect([last, closes(talk)]).toEqual(["dropped", ["close 1013"]]);
});

test(
  "P-119 F-39 down from a WebSocket and up again while both sides talk: nothing lost, doubled or out of order",
  async () => {
    const own = await FaultyTalk.begin(kinds);
    const { site } = own;
    const carried: (TransportKind | undefined)[] = [];
    own.line.addEventListener("transport", () => carried.push(own.line.transport));
    // Each way.
    const speak = async (seconds: number, perSecond: number): Promise<void> => {
      for (let turn = 0; turn < seconds * 20; turn++) {
        own.talk(perSecond / 20);
        await own.pass(50);
      }
    };
    site.blocksUpgrades = true;
    site.network.cut();
    await speak(0.5, 1_000);
    expect(own.line.transport).not.toBe("websocket");
    site.blocksUpgrades = false;
    await own.pass(10_000);
    for (let second = 0; second < 15 && own.line.transport !== "websocket"; second++)
      await speak(1, isFullRun ? 1_000 : 100);
    await speak(0.5, 1_000);
    await own.arrive();
    expect([own.differences, closes(own)]).toEqual([nothing, []]);
    expect(carried).toEqual(["stream", "websocket"]);
  },
  patience,
);

test("F-25 I-21 the wall's clock jumps by hours and years, forth and back: nobody notices", async () => {
  const jumps = [3_600_000, -3_600_000, 365 * 86_400_000, -10_000, 0];
  const real = Date.now();
  let offset = 0;
  let now = (): number => 0;
  const wall = vi.spyOn(Date, "now").mockImplementation(() => real + now() + offset);
  try {
    const talk = await FaultyTalk.begin(["websocket", "stream"]);
    now = () => talk.site.clock.now();
    for (const jump of jumps) {
      offset = jump;
      talk.site.wallMs = Date.now();
      talk.talk(5);
      await talk.pass(50_000);
    }
    expect([talk.differences, talk.events, talk.gauge("sessions_opened_total")]).toEqual([nothing, ["open"], 1]);
  } finally {
    wall.mockRestore();
  }
});

/** The client's process stands still, its network is dead when it wakes; at the server life goes on. */
async function sleep(talk: FaultyTalk, ms: number, eachSecond: () => void): Promise<void> {
  const { clock, network, pages } = talk.site;
  await talk.pass(1_000);
  network.conditions = { blackhole: true };
  for (let passed = 0; passed < ms; passed += 1_000) {
    eachSecond();
    await clock.advanceAsync(1_000);
  }
  network.cut();
  network.conditions = { latencyMs: 5 };
  pages[0]?.receiveWoken();
}
