// One timer for many who must be woken now and then: each says when, the wheel rounds up to its grain and asks again when it
// is time. Moving a deadline back costs nothing, which is what traffic does to it all the time.

import type { Clock } from "../base/clock.ts";
import { Alarm } from "./alarm.ts";

export interface Sleeper {
  /** When `tick` is due; Infinity when nothing is waited for. */
  readonly wakeAt: number;
  /** Its place in the wheel, which owns it. Begin with undefined. */
  wakeSlot: number | undefined;
  tick(): void;
}

const GRAIN_MS = 250;

export class Wheel {
  readonly #clock: Clock;
  readonly #alarm: Alarm;
  readonly #slots = new Map<number, Set<Sleeper>>();
  #size = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#alarm = new Alarm(clock, () => this.#ring());
  }

  /** How many have a place in it. */
  get size(): number {
    return this.#size;
  }

  /** Looks at `sleeper.wakeAt` again; a later one than before is found out in time. */
  schedule(sleeper: Sleeper): void {
    const { wakeAt } = sleeper;
    if (wakeAt === Infinity) return;
    const slot = Math.ceil(wakeAt / GRAIN_MS);
    if (sleeper.wakeSlot !== undefined && sleeper.wakeSlot <= slot) return;
    this.remove(sleeper);
    this.#size++;
    sleeper.wakeSlot = slot;
    const members = this.#slots.get(slot);
    if (members !== undefined) {
      members.add(sleeper);
      return;
    }
    this.#slots.set(slot, new Set([sleeper]));
    this.#alarm.set(slot * GRAIN_MS);
  }

  remove(sleeper: Sleeper): void {
    const slot = sleeper.wakeSlot;
    if (slot === undefined) return;
    this.#size--;
    sleeper.wakeSlot = undefined;
    const members = this.#slots.get(slot);
    members?.delete(sleeper);
    if (members?.size === 0) this.#slots.delete(slot);
    if (this.#slots.size === 0) this.#alarm.cancel();
  }

  #ring(): void {
    const now = this.#clock.now();
    const due = [...this.#slots.keys()].filter((slot) => slot * GRAIN_MS <= now).toSorted((a, b) => a - b);
    for (const sleeper of due.flatMap((slot) => [...(this.#slots.get(slot) ?? [])])) {
      // Somebody woken before may have removed it.
      if (sleeper.wakeSlot === undefined) continue;
      this.remove(sleeper);
      if (sleeper.wakeAt <= now) sleeper.tick();
      this.schedule(sleeper);
    }
    if (this.#slots.size > 0) this.#alarm.set(Math.min(...this.#slots.keys()) * GRAIN_MS);
  }
}
