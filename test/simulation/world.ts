// Virtual time and everything that happens in it: one seed, one course of events. Nodes can be stalled as a process is: what
// arrives meanwhile waits, and is read before a timer that fell due. Every event goes into a hash, so that two runs of a seed
// can be compared (I-22). Wall time is here only to jump (I-21).

import type { Clock, Timer } from "../../src/base/clock.ts";
import { Breach } from "./checker.ts";
import { SeededRandom } from "../support/seeded-random.ts";

interface Event {
  at: number;
  /** At the same moment input comes before timers. */
  readonly rank: number;
  readonly order: number;
  readonly node: SimNode;
  readonly tag: string;
  run: (() => void) | undefined;
}

/** A process: it has timers and a wall clock, and can stand still or die. */
export interface SimNode {
  readonly name: string;
  stalledUntil: number;
  /** What belonged to an earlier life does not happen. */
  life: number;
}

/** A seed that needs more goes round in circles. */
const MOST_EVENTS = 150_000;

export class World {
  readonly random: SeededRandom;
  readonly seed: number;
  #now = 0;
  #order = 0;
  #hash = 0x811c9dc5;
  #wallOffset = 1e12;
  #events = 0;
  readonly #heap: Event[] = [];
  readonly trace: string[] = [];

  constructor(seed: number) {
    this.seed = seed;
    this.random = new SeededRandom(seed);
  }

  get now(): number {
    return this.#now;
  }

  get wallNow(): number {
    return this.#now + this.#wallOffset;
  }

  /** Somebody sets the clock on the wall. */
  jumpWall(byMs: number): void {
    this.#wallOffset += byMs;
  }

  get hash(): number {
    return this.#hash >>> 0;
  }

  /** Writes down what happened. */
  note(text: string): void {
    this.trace.push(`${this.#now.toFixed(1)} ${text}`);
    if (this.trace.length > 4_000) this.trace.splice(0, 2_000);
    let hash = this.#hash;
    for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    this.#hash = Math.imul(hash ^ Math.floor(this.#now * 8), 0x01000193);
  }

  /** Lets `run` happen at `node` in `delayMs`, if the node lives as long. Returns what takes it back. */
  after(delayMs: number, node: SimNode, tag: string, run: () => void, isTimer = false): () => void {
    const { life } = node;
    const event: Event = {
      at: this.#now + delayMs,
      rank: isTimer ? 1 : 0,
      order: this.#order++,
      node,
      tag,
      run: () => {
        if (node.life === life) run();
      },
    };
    this.#push(event);
    return () => {
      event.run = undefined;
    };
  }

  /** The clock of a node: timers run after what had already arrived. */
  clockOf(node: SimNode): Clock {
    return {
      now: () => this.#now,
      schedule: (delayMs, run): Timer => ({ cancel: this.after(delayMs, node, "timer", run, true) }),
    };
  }

  /** Runs what happens up to `until`, and `check` after each event. */
  run(until: number, check: () => void): void {
    for (let event = this.#heap[0]; event !== undefined && event.at <= until; event = this.#heap[0]) {
      this.#pop();
      if (event.run === undefined) continue;
      this.#now = Math.max(this.#now, event.at);
      if (event.node.stalledUntil > this.#now) {
        event.at = event.node.stalledUntil;
        this.#push(event);
        continue;
      }
      if (++this.#events > MOST_EVENTS) throw new Breach("I-13", `${event.node.name} never rests: ${event.tag}`);
      const { run } = event;
      event.run = undefined;
      run();
      check();
    }
    this.#now = until;
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(event);
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = heap[up] as Event;
      if (!isBefore(event, parent)) break;
      heap[at] = parent;
      at = up;
    }
    heap[at] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Event;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Event, heap[child] as Event)) child++;
      if (!isBefore(heap[child] as Event, last)) break;
      heap[at] = heap[child] as Event;
      at = child;
    }
    heap[at] = last;
  }
}

function isBefore(left: Event, right: Event): boolean {
  if (left.at !== right.at) return left.at < right.at;
  return left.rank === right.rank ? left.order < right.order : left.rank < right.rank;
}
