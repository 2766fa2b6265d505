// When reading stops and goes on: a handler that is behind, one event at a time, others' turns, pauses, rates.
import { describe, expect, test } from "vitest";
import type { Delivery } from "../../../src/base/carrier.ts";
import { bytes, concat } from "../../support/byte-builder.ts";
import { DrivenConnection } from "../../support/driven-connection.ts";
import { settled } from "../../support/fake-clock.ts";
import { frameTo, showText } from "../../support/naive-frame-codec.ts";

const KiB = 1024;

/** Answers that settle when the test says so, in the order in which they were given. */
class Handlers {
  readonly #pending: (() => void)[] = [];

  readonly answer = (): Delivery => new Promise<void>((resolve) => this.#pending.push(resolve));

  get pendingCount(): number {
    return this.#pending.length;
  }

  /** The oldest handler is done, and what follows from it happens. */
  async finish(): Promise<void> {
    this.#pending.shift()?.();
    await settled(1);
  }
}

const numbered = (from: number, to: number): Uint8Array =>
  concat(Array.from({ length: to - from }, (_, index) => frameTo("server", 1, String(from + index))));
const numberedLines = (to: number): string[] => Array.from({ length: to }, (_, index) => showText(String(index)));

describe("V-23 a handler that takes its time", () => {
  test("gets the next message when it is done with the last: none is lost, the order kept, 16 wait at most", async () => {
    const handlers = new Handlers();
    const driven = new DrivenConnection({ onMessage: handlers.answer });
    let peak = 0;
    let paused = 0;
    driven.far.write([numbered(0, 10_000)]);
    while (driven.lines.length < 10_000) {
      // As a socket does: chunks of at most 1 KiB, only while it is not paused.
      while (driven.pipe.hasIncoming) driven.pipe.deliver(KiB);
      if (driven.pipe.isPaused) paused++;
      peak = Math.max(peak, driven.runtime.budget.used);
      expect(handlers.pendingCount).toBe(1);
      await handlers.finish();
    }
    expect(driven.lines).toEqual(numberedLines(10_000));
    expect(paused).toBeGreaterThan(100);
    // 16 messages of a few bytes, and what one chunk left unread.
    expect(peak).toBeLessThanOrEqual(17 * (128 + 16) + KiB + 128);
    await handlers.finish();
    expect(driven.runtime.budget.used).toBe(0);
  });

  test("makes reading stop with the 16th message that waits, not with the 15th", async () => {
    const handlers = new Handlers();
    const driven = new DrivenConnection({ onMessage: handlers.answer });
    driven.receive(numbered(0, 16));
    expect(driven.pipe.isPaused).toBe(false);
    driven.receive(numbered(16, 18));
    expect(driven.pipe.isPaused).toBe(true);
    expect(driven.lines).toHaveLength(1);
  });

  test("makes reading stop at 256 KiB, and go on when it has caught up", async () => {
    const handlers = new Handlers();
    const driven = new DrivenConnection({ onMessage: handlers.answer });
    driven.receive(frameTo("server", 1, "busy"));
    for (let count = 0; count < 4; count++) {
      expect(driven.pipe.isPaused).toBe(false);
      driven.receive(frameTo("server", 2, new Uint8Array(64 * KiB)));
    }
    expect(driven.pipe.isPaused).toBe(true);
    expect(driven.runtime.budget.used).toBeLessThanOrEqual(256 * KiB + 4 * 128);
    for (let count = 0; count < 5; count++) await handlers.finish();
    expect(driven.pipe.isPaused).toBe(false);
  });

  test("that fails is done as well", async () => {
    let count = 0;
    const driven = new DrivenConnection({
      onMessage: () => (count++ === 0 ? Promise.reject(new Error("the handler's")) : undefined),
    });
    driven.receive(numbered(0, 3));
    expect(driven.lines).toHaveLength(1);
    await settled();
    expect(driven.lines).toEqual(numberedLines(3));
  });

  test("does not keep pings waiting, and control frames are answered meanwhile", async () => {
    const handlers = new Handlers();
    const driven = new DrivenConnection({ onMessage: handlers.answer });
    driven.receive(numbered(0, 2), frameTo("server", 9, "?"));
    await driven.settle();
    expect(driven.sent).toEqual(["pong 3f"]);
  });
});

describe("P-100 one event at a time", () => {
  test("all microtasks of one event run before the next event, however many they are", async () => {
    const order: string[] = [];
    const driven = new DrivenConnection({
      onMessage: (_driven, line) => {
        order.push(line);
        void (async () => {
          for (let count = 0; count < 10; count++) await Promise.resolve();
          order.push(`after ${line}`);
        })();
        return "checkpoint";
      },
    });
    driven.receive(numbered(0, 3));
    expect(order).toHaveLength(1);
    await settled();
    expect(order).toEqual([0, 1, 2].flatMap((index) => [showText(String(index)), `after ${showText(String(index))}`]));
  });

  test("what they all send leaves in one write at the end", async () => {
    const driven = new DrivenConnection({
      onMessage: ({ driver }, line) => {
        driver.send(line);
        return "checkpoint";
      },
    });
    let writes = 0;
    const write = driven.pipe.write.bind(driven.pipe);
    driven.pipe.write = (parts) => {
      writes++;
      write(parts);
    };
    driven.receive(numbered(0, 20));
    await driven.settle();
    expect(driven.sent).toHaveLength(20);
    expect(writes).toBe(1);
  });

  test("closing is told after the last event that came before it, and after its microtasks", async () => {
    const order: string[] = [];
    const driven = new DrivenConnection({
      onMessage: () => {
        queueMicrotask(() => order.push("microtask"));
        return "checkpoint";
      },
      onEvent: (_driven, line) => order.push(line),
    });
    driven.receive(numbered(0, 1), frameTo("server", 8, bytes(3, 0xe8)));
    await driven.settle();
    expect(order.slice(0, 3)).toEqual([showText("0"), "microtask", "closing"]);
  });
});

test.each<[string, () => Delivery]>([
  ["one event at a time", () => "checkpoint"],
  ["by a handler that takes its time", async () => {}],
])("P-63 what came before the peer's end is delivered before it, %s", async (_manner, onMessage) => {
  const driven = new DrivenConnection({ onMessage });
  driven.far.write([concat([numbered(0, 3), frameTo("server", 8, bytes(3, 232))])]);
  driven.far.end();
  // Node tells both in one turn when they waited in the stream together.
  while (driven.pipe.hasIncoming) driven.pipe.deliver();
  await driven.settle();
  expect(driven.lines).toEqual([...numberedLines(3), "closing", 'closed 1000 "" clean']);
});

describe("V-36 others' turns", () => {
  const answers: readonly [name: string, onMessage: () => Delivery][] = [
    ["goes on at once", () => undefined],
    ["asks for a checkpoint", () => "checkpoint"],
    ["is an async function that returns at once", () => Promise.resolve()],
  ];

  test.each(answers)("a handler that %s: after 1,024 frames the event loop comes first", async (_name, onMessage) => {
    const driven = new DrivenConnection({ onMessage });
    driven.receive(numbered(0, 10_000));
    const perTurn: number[] = [driven.lines.length];
    for (let seen = driven.lines.length; driven.lines.length < 10_000; seen = driven.lines.length) {
      await new Promise((resolve) => setImmediate(resolve));
      perTurn.push(driven.lines.length - seen);
      if (perTurn.length > 100) expect.fail(`gets no further than ${driven.lines.length}`);
    }
    expect(Math.max(...perTurn)).toBeLessThanOrEqual(1_024);
    expect(driven.lines).toEqual(numberedLines(10_000));
    expect(driven.pipe.isPaused).toBe(false);
  });

  test("the pipe is paused while the rest waits for its turn", async () => {
    const driven = new DrivenConnection();
    driven.receive(numbered(0, 1_500));
    expect(driven.lines).toHaveLength(1_024);
    expect(driven.pipe.isPaused).toBe(true);
    await settled();
    expect(driven.lines).toHaveLength(1_500);
    expect(driven.pipe.isPaused).toBe(false);
  });
});

describe("P-75 pause() and resume()", () => {
  test("hold messages back, and let them come in order", async () => {
    const driven = new DrivenConnection();
    driven.driver.pause();
    expect([driven.driver.paused, driven.pipe.isPaused]).toEqual([true, true]);
    driven.receive(numbered(0, 3));
    expect(driven.lines).toEqual([]);
    driven.driver.resume();
    await driven.settle();
    expect(driven.driver.paused).toBe(false);
    expect(driven.lines).toEqual(numberedLines(3));
  });

  test("inside a handler: the rest of the chunk waits too", async () => {
    const driven = new DrivenConnection({ onMessage: ({ driver }) => driver.pause() as undefined });
    driven.receive(numbered(0, 3));
    expect(driven.lines).toHaveLength(1);
    driven.driver.resume();
    expect(driven.lines).toHaveLength(2);
  });

  test("a resume in a microtask of the handler that paused goes on", async () => {
    const driven = new DrivenConnection({
      onMessage: ({ driver }) => {
        driver.pause();
        queueMicrotask(() => driver.resume());
        return "checkpoint";
      },
    });
    driven.receive(numbered(0, 3));
    await driven.settle();
    driven.receive(frameTo("server", 1, "3"));
    await driven.settle();
    expect(driven.lines).toEqual(numberedLines(4));
  });

  test("the peer's Close is seen after resume()", async () => {
    const driven = new DrivenConnection();
    driven.driver.pause();
    driven.receive(frameTo("server", 8, bytes(3, 0xe8, "bye")));
    driven.far.end();
    await driven.settle();
    expect(driven.lines).toEqual([]);
    driven.driver.resume();
    await driven.settle();
    expect(driven.lines).toEqual(["closing", 'closed 1000 "bye" clean']);
  });

  test("a transport that is dropped while paused is told, and nothing hangs", async () => {
    const driven = new DrivenConnection();
    driven.driver.pause();
    driven.pipe.breakWith(new Error("reset"));
    await driven.settle();
    expect(driven.lines).toEqual(["closing", 'closed 1006 ""']);
    expect(driven.clock.pendingCount).toBeLessThanOrEqual(1);
    expect(driven.runtime.wakeups.size).toBe(0);
  });
});

describe("messages faster than messagesPerSecond", () => {
  const limits = { messagesPerSecond: 100, messageBurst: 200 };

  test("the 201st at once pauses reading for a second, and none is lost", async () => {
    const driven = new DrivenConnection({ limits });
    driven.receive(numbered(0, 200));
    expect(driven.pipe.isPaused).toBe(false);
    driven.receive(numbered(200, 250));
    expect(driven.lines).toHaveLength(201);
    expect(driven.pipe.isPaused).toBe(true);
    driven.clock.advance(999);
    expect(driven.lines).toHaveLength(201);
    driven.clock.advance(101);
    expect(driven.lines).toHaveLength(250);
    expect(driven.pipe.isPaused).toBe(false);
  });

  test("are counted also where binary messages are lent otherwise, each with the time of its read", () => {
    const lent: string[] = [];
    const borrower = {
      receiveLent: (room: Uint8Array, start: number, end: number, now?: number) => {
        lent.push(`${new TextDecoder().decode(room.subarray(start, end))} at ${String(now)}`);
      },
    };
    const binary = concat(Array.from({ length: 250 }, () => frameTo("server", 2, "b")));
    const counted = new DrivenConnection({ limits });
    counted.driver.lend(borrower);
    counted.receive(binary);
    expect([lent.length, counted.lines.length, counted.pipe.isPaused]).toEqual([0, 201, true]);
    const free = new DrivenConnection();
    free.driver.lend(borrower);
    free.receive(binary);
    expect([lent.length, lent[0], free.lines.length, free.pipe.isPaused]).toEqual([
      250,
      `b at ${String(free.clock.now())}`,
      0,
      false,
    ]);
  });

  test("the same again right after it closes with 1013", async () => {
    const driven = new DrivenConnection({ limits });
    driven.receive(numbered(0, 250));
    driven.clock.advance(1_100);
    driven.receive(numbered(250, 400));
    await driven.settle();
    expect(driven.sent.at(-1)).toMatch(/^close 1013 /);
    driven.receive(frameTo("server", 8, bytes(3, 0xf5)));
    driven.far.end();
    await driven.settle();
    expect(driven.cause).toBe("LW_SOCKET_RATE_LIMITED 1013");
  });
});
