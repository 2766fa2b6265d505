// Peers that read slowly or not at all: what waits is bounded, and who fills it is told. RELIABILITY V-13, V-22, P-68.
import { describe, expect, test } from "vitest";
import { encodeMessageFrame } from "../../../src/protocol/frame-encoder.ts";
import type { Pressure } from "../../../src/base/carrier.ts";
import type { Driver } from "../../../src/socket/driver.ts";
import { bytes, concat } from "../../support/byte-builder.ts";
import { DrivenConnection, type DrivenOptions } from "../../support/driven-connection.ts";
import { settled } from "../../support/fake-clock.ts";
import { frameTo, showBytes } from "../../support/naive-frame-codec.ts";

const KiB = 1024;
const MiB = 1024 * KiB;

/** A connection whose peer never reads. */
const unread = (options: DrivenOptions = {}): DrivenConnection => new DrivenConnection({ windowBytes: 0, ...options });
/** A connection whose peer reads when it is told to; until then the network takes 16 KiB. */
const slow = (options: DrivenOptions = {}): DrivenConnection =>
  new DrivenConnection({ windowBytes: 16 * KiB, ...options });
const kilobyte = new Uint8Array(KiB);

describe("V-22 sends from elsewhere to a peer that does not read", () => {
  test("are accepted within the socket's 64 KiB, queued up to 1 MiB, and dropped with the connection after it", async () => {
    const driven = unread();
    const answers = new Map<Pressure, number>();
    for (let count = 0; count < 5_000; count++) {
      const pressure = driven.driver.send(kilobyte);
      answers.set(pressure, (answers.get(pressure) ?? 0) + 1);
      expect(driven.runtime.budget.used).toBeLessThanOrEqual(MiB + 2 * (KiB + 4) + 128 * 130);
      if (count % 100 === 0) await settled(1);
    }
    const frame = KiB + 4;
    expect(answers.get("accepted")).toBe(Math.ceil((64 * KiB) / frame) - 1);
    expect(answers.get("dropped")).toBe(5_000 - Math.ceil(MiB / frame));
    expect(driven.lines).toEqual(["closing"]);
    await driven.clock.advanceAsync(6_000);
    expect(driven.lines.at(-1)).toBe('closed 1006 ""');
    expect(driven.cause).toBe("LW_SOCKET_SLOW_CONSUMER 1013");
    expect(driven.runtime.budget.used).toBe(0);
  });

  test("are judged before a send, never because of one message's own size", async () => {
    const driven = unread({ limits: { maxQueuedBytes: 1_000 } });
    expect(driven.driver.send(new Uint8Array(2 * MiB))).toBe("queued");
    expect(driven.lines).toEqual([]);
    expect(driven.driver.send("x")).toBe("dropped");
    expect(driven.lines).toEqual(["closing"]);
  });

  test("what waits is let go at once, and the peer told 1013 when it reads again", async () => {
    const driven = slow({ limits: { maxQueuedBytes: 100 * KiB } });
    for (let count = 0; count < 200; count++) driven.driver.send(kilobyte);
    expect(driven.runtime.budget.used).toBeLessThanOrEqual(64 * KiB + 2 * KiB);
    await driven.settle();
    expect(driven.sent.at(-1)).toMatch(/^close 1013 /);
    expect(driven.sent.length).toBeLessThan(64 + 16 + 3);
  });

  const frame = encodeMessageFrame(kilobyte);
  test.each<[string, (driver: Driver) => Pressure]>([
    ["prebuilt frames", (driver) => driver.sendFrame(frame)],
    ["parts of memory", (driver) => driver.sendBytes(new Uint8Array(3 * KiB), KiB, 2 * KiB)],
  ])("%s are bounded like messages", (_name, send) => {
    const driven = unread();
    let dropped = 0;
    for (let count = 0; count < 2_000; count++) if (send(driven.driver) === "dropped") dropped++;
    expect(dropped).toBe(2_000 - Math.ceil(MiB / (KiB + 4)));
  });
});

describe("V-22 a peer that accepts no byte", () => {
  test("is given up after 5 s and what its bytes take at 16 KiB/s, though nothing more is sent", async () => {
    const driven = unread();
    driven.driver.send(new Uint8Array(32 * KiB - 4));
    await settled();
    await driven.clock.advanceAsync(6_900);
    expect(driven.lines).toEqual([]);
    await driven.clock.advanceAsync(200);
    expect(driven.lines).toEqual(["closing"]);
    await driven.clock.advanceAsync(5_100);
    expect(driven.cause).toBe("LW_SOCKET_SLOW_CONSUMER 1013");
  });

  test("but not one that accepts slowly, however long it takes", async () => {
    const driven = unread({ windowBytes: 64 * KiB });
    for (let count = 0; count < 12; count++) {
      driven.driver.send(new Uint8Array(64 * KiB));
      await settled(1);
    }
    for (let second = 0; second < 60; second++) {
      driven.read(20 * KiB);
      await settled(1);
      driven.driver.send("x");
      driven.receive(frameTo("server", 10));
      driven.lines.length = 0;
      await driven.clock.advanceAsync(1_000);
    }
    expect(driven.lines).toEqual([]);
    expect(driven.driver.bufferedBytes).toBe(0);
  });
});

describe("replies", () => {
  test("V-22 never fill the queue: a connection whose answers wait is not read", async () => {
    const reply = new Uint8Array(16 * KiB);
    const driven = slow({ onMessage: ({ driver }) => void driver.send(reply) });
    driven.far.write([concat(Array.from({ length: 1_000 }, () => frameTo("server", 1, "?")))]);
    for (let count = 0; count < 200; count++) driven.pipe.deliver(1_000);
    await settled();
    expect(driven.pipe.isPaused).toBe(true);
    expect(driven.runtime.budget.used).toBeLessThanOrEqual(64 * KiB + 16 * KiB + 2 * KiB);
    expect(driven.lines.length).toBeLessThan(10);
    driven.read();
    await driven.settle();
    expect(driven.lines).toHaveLength(1_000);
    expect(driven.sent).toHaveLength(1_000);
  });

  test("of a handler that goes on later are bounded too: a promise that never settles is no licence", () => {
    const driven = unread({ onMessage: () => new Promise(() => {}) });
    driven.receiveText("?");
    const answers = Array.from({ length: 10_000 }, () => driven.driver.send(kilobyte));
    expect(answers.at(-1)).toBe("dropped");
    expect(answers.indexOf("dropped")).toBeLessThanOrEqual((4 * MiB) / KiB + 1);
  });

  test("of one handler on the stack all go out: they are the application's own measure", async () => {
    const driven = slow({
      onMessage: ({ driver }) => {
        for (let count = 0; count < 3_000; count++) driver.send(kilobyte);
        return undefined;
      },
    });
    driven.receiveText("everything, please");
    await driven.settle();
    expect(driven.sent).toHaveLength(3_000);
    expect(driven.lines).toHaveLength(1);
  });
});

describe("V-13 pings to a connection whose peer does not read", () => {
  test("42 MB of them leave at most the socket's bound and one pong waiting, for the newest", async () => {
    const driven = slow();
    const pings = concat(Array.from({ length: 500 }, () => frameTo("server", 9, new Uint8Array(125))));
    let peak = 0;
    for (let received = 0; received < 42 * MiB; received += pings.length) {
      driven.receive(pings);
      driven.lines.length = 0;
      peak = Math.max(peak, driven.runtime.budget.used);
      expect(driven.pipe.pendingBytes).toBeLessThanOrEqual(64 * KiB + 131);
    }
    expect(peak).toBeLessThanOrEqual(64 * KiB + 131 + KiB);
    driven.receive(frameTo("server", 9, "the newest"));
    driven.read();
    await driven.settle();
    expect(driven.sent.at(-1)).toBe(showBytes("pong", Buffer.from("the newest")));
    expect(driven.sent.length).toBeLessThanOrEqual((80 * KiB) / 127 + 2);
  });

  test("while it reads, every one is answered", async () => {
    const driven = new DrivenConnection();
    for (let count = 0; count < 20; count++)
      driven.receive(...Array.from({ length: 50 }, () => frameTo("server", 9, "?")));
    await driven.settle();
    expect(driven.sent).toHaveLength(1_000);
  });
});

describe("P-68 closing", () => {
  test("while the peer reads slowly: what was sent before goes first, then the Close", async () => {
    const driven = slow();
    for (let count = 0; count < 100; count++) driven.driver.send(kilobyte);
    driven.driver.close(1000, "done");
    expect(driven.lines).toEqual(["closing"]);
    await driven.settle();
    expect(driven.sent).toHaveLength(101);
    expect(driven.sent.at(-1)).toBe('close 1000 "done"');
    driven.receive(frameTo("server", 8, bytes(3, 0xe8)));
    driven.far.end();
    await driven.settle();
    expect(driven.lines.at(-1)).toBe('closed 1000 "" clean');
  });

  test("while the peer does not read at all: dropped after 5 s, 1006, and whoever waits for a drain is told", async () => {
    const driven = unread();
    for (let count = 0; count < 100; count++) driven.driver.send(kilobyte);
    let drained = 0;
    void driven.driver.drained().then(() => drained++);
    await driven.clock.advanceAsync(1_000);
    driven.driver.close(1000);
    await driven.clock.advanceAsync(4_900);
    expect(driven.outcome).toBeUndefined();
    await driven.clock.advanceAsync(200);
    expect(driven.lines).toEqual(["closing", 'closed 1006 ""']);
    expect(drained).toBe(1);
    expect(driven.runtime.wakeups.size).toBe(0);
  });

  test.each([
    ["paused", (driven: DrivenConnection) => driven.driver.pause()],
    ["stopped by the memory budget", (driven: DrivenConnection) => driven.driver.throttle()],
    [
      "held back by a handler that is behind",
      (driven: DrivenConnection) => driven.receive(...Array.from({ length: 17 }, () => frameTo("server", 1, "x"))),
    ],
  ])("while reading is %s: the peer's answer is read, and the close is clean", async (_name, stop) => {
    const driven = new DrivenConnection({ onMessage: () => new Promise(() => {}) });
    stop(driven);
    expect(driven.pipe.isPaused).toBe(true);
    driven.driver.close(1000);
    await driven.settle();
    driven.receive(frameTo("server", 1, "thrown away"), frameTo("server", 8, bytes(3, 0xe8)));
    await driven.settle();
    driven.far.end();
    await driven.settle();
    expect(driven.lines.slice(-2)).toEqual(["closing", 'closed 1000 "" clean']);
  });
});
