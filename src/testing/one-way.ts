// One direction of a connection under Conditions: each piece arrives when its time has come, and none before an older one,
// in whatever order timers fire. Holds no bytes and moves none.

import type { Clock, Timer } from "../base/clock.ts";
import type { Random } from "../base/random.ts";
import { type Conditions, latencyOf, transferMs } from "./conditions.ts";

/** Bytes on their way, or their end. */
interface Piece {
  readonly arrive: () => void;
  hasArrived: boolean;
}

export interface OneWayOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly conditions: () => Conditions;
  /** What need not wait arrives in the turn in which it is sent; otherwise in a later one. */
  readonly isPrompt: boolean;
}

export class OneWay {
  readonly #options: OneWayOptions;
  readonly #timers = new Set<Timer>();
  /** The oldest first. Timers of one millisecond fire in any order, and bytes have only one. */
  readonly #underWay: Piece[] = [];
  /** When the line is free again, and when the last piece arrives. */
  #freeAt = 0;
  #lastAt = 0;
  #isStopped = false;

  constructor(options: OneWayOptions) {
    this.#options = options;
  }

  /** How long the line is busy with what has been sent. */
  get busyMs(): number {
    return this.#freeAt - this.#options.clock.now();
  }

  /** Calls `arrive` when `bytes` more bytes, sent now, are there. */
  send(bytes: number, arrive: () => void): void {
    const { clock, random, isPrompt } = this.#options;
    const conditions = this.#options.conditions();
    const now = clock.now();
    this.#freeAt = Math.max(now, this.#freeAt) + transferMs(bytes, conditions);
    this.#lastAt = Math.max(this.#lastAt, this.#freeAt + latencyOf(conditions, random));
    const piece: Piece = { arrive, hasArrived: false };
    this.#underWay.push(piece);
    if (isPrompt && this.#lastAt <= now) this.#arriveUpTo(piece);
    else this.after(this.#lastAt - now, () => this.#arriveUpTo(piece));
  }

  /** Calls `run` after `ms`, unless it is stopped before. */
  after(ms: number, run: () => void): void {
    if (this.#isStopped) return;
    const timer = this.#options.clock.schedule(ms, () => {
      this.#timers.delete(timer);
      run();
    });
    this.#timers.add(timer);
  }

  /** Nothing more arrives. */
  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#timers) timer.cancel();
    this.#underWay.length = 0;
  }

  #arriveUpTo(piece: Piece): void {
    while (!piece.hasArrived) {
      const next = this.#underWay.shift();
      if (next === undefined) return;
      next.hasArrived = true;
      next.arrive();
    }
  }
}
