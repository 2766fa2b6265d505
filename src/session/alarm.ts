// One timer for one owner who says, as often as he likes, when he must be woken next. The platform's timer is moved only
// when it would ring too late; one that rings early asks again.

import type { Clock, Timer } from "../base/clock.ts";

export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #timer: Timer | undefined;
  #at = Infinity;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Rings at `at` or earlier; Infinity leaves things as they are. */
  set(at: number): void {
    if (at >= this.#at) return;
    this.#timer?.cancel();
    this.#at = at;
    // Whole milliseconds, upwards: a fraction too early would come back at once, for ever.
    this.#timer = this.#clock.schedule(Math.max(0, Math.ceil(at - this.#clock.now())), () => {
      this.#at = Infinity;
      this.#timer = undefined;
      this.#ring();
    });
  }

  cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#at = Infinity;
  }
}
