import { describe, expect, test } from "vitest";
import { resolveLimits } from "../../../src/base/limits.ts";
import type { CloseOutcome, Delivery } from "../../../src/base/carrier.ts";
import { Deliveries } from "../../../src/socket/deliveries.ts";
import { Hold, Reading } from "../../../src/socket/reading.ts";
import { settled } from "../../support/fake-clock.ts";
import { createPipePair, type MemoryPipe } from "../../support/pipe-pair.ts";
import { RecordedConnection } from "../../support/recorded-connection.ts";

const outcome: CloseOutcome = { code: 1000, reason: "", wasClean: true, cause: undefined };

/** Deliveries whose owner and driver write down what they are told; `answer` is the owner's. */
class Bench {
  readonly lines: string[] = [];
  readonly pipe: MemoryPipe;
  readonly reading: Reading;
  readonly deliveries: Deliveries;

  constructor(answer: (line: string, bench: Bench) => Delivery) {
    [this.pipe] = createPipePair();
    this.reading = new Reading(this.pipe, new RecordedConnection({ role: "server" }).connection);
    this.deliveries = new Deliveries(
      {
        afterDelivery: () => {
          this.lines.push("after");
          if (this.deliveries.isReady) this.reading.go(Hold.checkpoint | Hold.inbox, 0);
        },
      },
      this.reading,
      resolveLimits(),
    );
    this.deliveries.open({
      receiveMessage: (data) => {
        this.lines.push(String(data));
        return answer(String(data), this);
      },
      receivePing: () => {},
      receivePong: () => {},
      receiveClosing: () => this.lines.push("closing"),
      receiveClosed: () => this.lines.push("closed"),
    });
  }

  receive(...messages: string[]): void {
    for (const message of messages) this.deliveries.receiveMessage(message);
  }
}

test("an owner that goes on at once is given every message as it comes", () => {
  const bench = new Bench(() => undefined);
  bench.receive("a", "b");
  expect(bench.lines).toEqual(["a", "b"]);
  expect([bench.deliveries.isBusy, bench.deliveries.isReady, bench.deliveries.cost]).toEqual([false, true, 0]);
});

test("V-23 a promise holds the next message back until it settles, and what waits is charged", async () => {
  const finish: (() => void)[] = [];
  const bench = new Bench(() => new Promise<void>((resolve) => finish.push(resolve)));
  bench.receive("a", "b", "c");
  expect(bench.lines).toEqual(["a"]);
  expect(bench.deliveries.cost).toBe(2 * (2 + 128));
  expect([bench.deliveries.isBusy, bench.deliveries.isReady]).toEqual([true, false]);
  finish.shift()?.();
  await settled(1);
  expect(bench.lines).toEqual(["a", "b", "after"]);
  finish.shift()?.();
  await settled(1);
  finish.shift()?.();
  await settled(1);
  expect(bench.lines).toEqual(["a", "b", "after", "c", "after", "after"]);
  expect(bench.deliveries.isReady).toBe(true);
});

test("V-23 at 16 messages that wait reading stops, at 15 it does not", () => {
  const bench = new Bench(() => new Promise(() => {}));
  bench.receive("busy", ...Array.from({ length: 15 }, String));
  expect(bench.reading.isHeldBy(Hold.inbox)).toBe(false);
  bench.receive("the 16th");
  expect(bench.reading.isHeldBy(Hold.inbox)).toBe(true);
  expect(bench.pipe.isPaused).toBe(true);
});

test("P-100 a checkpoint stops the machine, and ends after all microtasks", async () => {
  const bench = new Bench((line, { lines }) => {
    queueMicrotask(() => queueMicrotask(() => lines.push(`microtask of ${line}`)));
    return "checkpoint";
  });
  bench.receive("a");
  expect(bench.reading.isHeldBy(Hold.checkpoint)).toBe(true);
  expect(bench.pipe.isPaused).toBe(false);
  bench.receive("b");
  await settled(1);
  expect(bench.lines).toEqual(["a", "microtask of a", "b", "after", "microtask of b", "after"]);
  expect(bench.reading.stopped).toBe(false);
});

test("a send is a reply while the handler is on the stack, and while its promise is pending", async () => {
  const seen: boolean[][] = [];
  const bench = new Bench((_line, { deliveries }) => {
    seen.push([deliveries.isOnStack, deliveries.isHandling]);
    return Promise.resolve();
  });
  seen.push([bench.deliveries.isOnStack, bench.deliveries.isHandling]);
  bench.receive("a");
  seen.push([bench.deliveries.isOnStack, bench.deliveries.isHandling]);
  await settled(1);
  seen.push([bench.deliveries.isOnStack, bench.deliveries.isHandling]);
  expect(seen).toEqual([
    [false, false],
    [true, true],
    [false, true],
    [false, false],
  ]);
});

test("V-22 while replies wait for the peer, messages that wait stay where they are", async () => {
  let finish = (): void => {};
  const bench = new Bench((line) => (line === "a" ? new Promise<void>((resolve) => (finish = resolve)) : undefined));
  bench.receive("a", "b");
  bench.reading.stop(Hold.output);
  finish();
  await settled(1);
  expect(bench.lines).toEqual(["a", "after"]);
  expect([bench.deliveries.isBusy, bench.deliveries.isReady]).toEqual([false, false]);
  bench.receive("c");
  expect(bench.lines).toEqual(["a", "after"]);
  bench.reading.go(Hold.output, 0);
  bench.deliveries.goOn();
  expect(bench.lines).toEqual(["a", "after", "b", "c"]);
});

describe("closing and closed", () => {
  test("P-74 are told once each, in this order, closing also when it was never told", () => {
    const bench = new Bench(() => undefined);
    bench.deliveries.receiveClosing();
    bench.deliveries.receiveClosing();
    bench.deliveries.receiveClosed(outcome);
    bench.deliveries.conclude();
    expect(bench.lines).toEqual(["closing", "closed"]);
    const abrupt = new Bench(() => undefined);
    abrupt.deliveries.receiveClosed(outcome);
    expect(abrupt.lines).toEqual(["closing", "closed"]);
    expect(abrupt.deliveries.owner).toBeUndefined();
  });

  test("wait for the messages that came before them, and for the last one's checkpoint", async () => {
    const bench = new Bench(() => "checkpoint");
    bench.receive("a", "b");
    bench.deliveries.receiveClosing();
    bench.deliveries.receiveClosed(outcome);
    expect(bench.lines).toEqual(["a"]);
    await settled(1);
    expect(bench.lines.filter((line) => line !== "after")).toEqual(["a", "b", "closing", "closed"]);
  });

  test("are told at once when a handler is busy and nothing waits", () => {
    const bench = new Bench(() => new Promise(() => {}));
    bench.receive("a");
    bench.deliveries.receiveClosing();
    bench.deliveries.receiveClosed(outcome);
    expect(bench.lines).toEqual(["a", "closing", "closed"]);
  });

  test("are told without what waits when that was dropped, or when waiting is over", async () => {
    const dropped = new Bench(() => new Promise(() => {}));
    dropped.receive("a", "b");
    dropped.deliveries.clear();
    dropped.deliveries.receiveClosing();
    expect(dropped.lines).toEqual(["a", "closing"]);
    const patient = new Bench(() => new Promise(() => {}));
    patient.receive("a", "b");
    patient.deliveries.receiveClosed(outcome);
    expect(patient.lines).toEqual(["a"]);
    patient.deliveries.conclude();
    expect(patient.lines).toEqual(["a", "closing", "closed"]);
    expect(patient.deliveries.cost).toBe(0);
    patient.receive("late");
    expect(patient.lines).toHaveLength(3);
  });

  test("replies that wait for a peer that is gone hold nothing back", async () => {
    const bench = new Bench(() => undefined);
    bench.reading.stop(Hold.output);
    let finish = (): void => {};
    const busy = new Bench((line) => (line === "a" ? new Promise<void>((resolve) => (finish = resolve)) : undefined));
    busy.receive("a", "b");
    busy.reading.stop(Hold.output);
    finish();
    await settled(1);
    busy.deliveries.receiveClosed(outcome);
    expect(busy.lines).toEqual(["a", "after", "b", "closing", "closed"]);
  });
});
