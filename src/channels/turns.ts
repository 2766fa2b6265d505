// The owners of a session's channels are told things one at a time: after an event microtasks run before the next one, on
// whichever channel that is, as browsers do between the events of different sockets. Who has to wait is told in the order in
// which it asked. Knows no channels.

import { platform } from "../base/platform.ts";

export class Turns {
  #isTaken = false;
  readonly #waiting = new Set<() => void>();

  /** Whether an event was dispatched and its microtasks have not run. */
  get isTaken(): boolean {
    return this.#isTaken;
  }

  /** An event was dispatched. */
  take(): void {
    this.#isTaken = true;
    platform.afterMicrotasks(() => {
      this.#isTaken = false;
      for (const goOn of this.#waiting) {
        this.#waiting.delete(goOn);
        goOn();
        if (this.#isTaken) return;
      }
    });
  }

  /** Calls `goOn` once, when it may be its turn. */
  wait(goOn: () => void): void {
    this.#waiting.add(goOn);
  }
}
