// Channels whose handlers get no message until their replies have left (outward.ts). Who may go on depends on what waits in all of
// them together, so it is judged again whenever that is less, or fewer share the room. Knows no bounds.

import { platform } from "../base/platform.ts";

/** A channel whose handler waits. */
export interface Held {
  /** What waits in it. */
  readonly cost: number;
  /** It may go on. */
  release(): void;
}

export class Holds {
  readonly #isHeld: (cost: number) => boolean;
  readonly #waiting = new Set<Held>();
  #isJudging = false;

  /** `isHeld`: whether one in which `cost` waits has to wait. */
  constructor(isHeld: (cost: number) => boolean) {
    this.#isHeld = isHeld;
  }

  add(held: Held): void {
    this.#waiting.add(held);
  }

  /** Less waits than before, or fewer share the room. Nothing happens now: whoever takes envelopes must not be made to take more. */
  judge(): void {
    if (this.#isJudging || this.#waiting.size === 0) return;
    this.#isJudging = true;
    platform.afterMicrotasks(() => {
      this.#isJudging = false;
      // Who goes on may be held again at once.
      for (const held of this.#waiting) {
        if (this.#isHeld(held.cost)) continue;
        this.#waiting.delete(held);
        held.release();
      }
    });
  }
}
