import { expect, test } from "vitest";
import { Scheduler, type Sender } from "../../../src/channels/scheduler.ts";
import type { Pulled } from "../../../src/base/session.ts";
import { toHex } from "../../support/byte-builder.ts";
import { pulled } from "../../support/pulled.ts";

class Queue implements Sender {
  isUrgent = false;
  isBusy = false;
  readonly control: number[] = [];
  readonly slices: number[] = [];

  takeControl(): Uint8Array | undefined {
    const next = this.control.shift();
    return next === undefined ? undefined : Uint8Array.of(0, next);
  }

  takeSlice(target: Uint8Array, at: number): Pulled {
    const next = this.slices.shift();
    if (next === undefined) return undefined;
    target[at] = next;
    return 1;
  }
}

const next = (scheduler: Scheduler): string =>
  toHex(pulled((target, at) => scheduler.next(target, at)) ?? new Uint8Array(0));

const drain = (scheduler: Scheduler): string => {
  const taken: string[] = [];
  for (let envelope = next(scheduler); envelope !== ""; envelope = next(scheduler)) taken.push(envelope);
  return taken.join(" ");
};

test("I-19 senders take turns, a slice each, whatever the others have", () => {
  const scheduler = new Scheduler();
  const [a, b, c] = [new Queue(), new Queue(), new Queue()];
  a.slices.push(0xa1, 0xa2, 0xa3);
  b.slices.push(0xb1);
  c.slices.push(0xc1, 0xc2);
  for (const queue of [a, b, c, a]) scheduler.queue(queue);
  expect(drain(scheduler)).toBe("a1 b1 c1 a2 c2 a3");
});

test("control envelopes come before slices", () => {
  const scheduler = new Scheduler();
  const [a, b] = [new Queue(), new Queue()];
  a.slices.push(0xa1, 0xa2);
  scheduler.queue(a);
  next(scheduler);
  b.control.push(0x01, 0x02);
  a.control.push(0x03);
  scheduler.urge(b);
  scheduler.urge(a);
  expect(drain(scheduler)).toBe("01 02 03 a2");
});

test("a sender that has to wait gives up its place and comes back when it asks", () => {
  const scheduler = new Scheduler();
  const [waiting, busy] = [new Queue(), new Queue()];
  scheduler.queue(waiting);
  busy.slices.push(0xb1, 0xb2);
  scheduler.queue(busy);
  expect(next(scheduler)).toBe("b1");
  waiting.slices.push(0xa1);
  scheduler.queue(waiting);
  expect(drain(scheduler)).toBe("b2 a1");
});

test("one that is removed is asked no more", () => {
  const scheduler = new Scheduler();
  const gone = new Queue();
  gone.control.push(1);
  gone.slices.push(2);
  scheduler.urge(gone);
  scheduler.queue(gone);
  scheduler.remove(gone);
  expect(next(scheduler)).toBe("");
});

test("one whose last word removes it leaves the places of the others as they are", () => {
  const scheduler = new Scheduler();
  const [last, other] = [new Queue(), new Queue()];
  last.slices.push(0xa1, 0xa2);
  other.slices.push(0xb1, 0xb2);
  last.takeSlice = () => {
    scheduler.remove(last);
    return Uint8Array.of(0, 0xa1);
  };
  for (const queue of [last, other]) scheduler.queue(queue);
  expect(drain(scheduler)).toBe("a1 b1 b2");
});

test("it is idle while nobody waits, with a slice or anything else", () => {
  const scheduler = new Scheduler();
  const queue = new Queue();
  const states = [scheduler.isIdle];
  queue.slices.push(0xa1);
  scheduler.queue(queue);
  states.push(scheduler.isIdle);
  drain(scheduler);
  queue.control.push(0x01);
  states.push(scheduler.isIdle);
  scheduler.urge(queue);
  states.push(scheduler.isIdle);
  drain(scheduler);
  states.push(scheduler.isIdle);
  expect(states).toEqual([true, false, true, false, true]);
});

test("a sender that leaves and comes back while it is asked waits behind the others", () => {
  const scheduler = new Scheduler();
  const [restless, patient] = [new Queue(), new Queue()];
  restless.slices.push(0xa1, 0xa2);
  patient.slices.push(0xb1, 0xb2);
  const take = restless.takeSlice.bind(restless);
  restless.takeSlice = (target, at) => {
    scheduler.remove(restless);
    scheduler.queue(restless);
    return take(target, at);
  };
  scheduler.queue(restless);
  scheduler.queue(patient);
  expect(drain(scheduler)).toBe("a1 b1 a2 b2");
  expect(scheduler.isIdle).toBe(true);
});

test("one that leaves while it is asked takes nobody's place with it, and there is nobody when the last has left", () => {
  const scheduler = new Scheduler();
  const [leaving, staying] = [new Queue(), new Queue()];
  staying.slices.push(0xb1);
  leaving.takeSlice = () => {
    scheduler.remove(leaving);
    return undefined;
  };
  scheduler.queue(leaving);
  scheduler.queue(staying);
  expect([scheduler.isIdle, drain(scheduler), scheduler.isIdle]).toEqual([false, "b1", true]);
  scheduler.urge(leaving);
  expect(scheduler.isIdle).toBe(false);
  scheduler.remove(leaving);
  expect(scheduler.isIdle).toBe(true);
});
