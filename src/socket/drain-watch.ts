// Waiting until what was sent on one connection has left. Pipes tell only of drains after more was pending than they like,
// so while somebody waits for less, or our own bound is smaller, the pipe is asked. Costs nothing while nobody waits.

import type { Pipe } from "./pipe.ts";
import type { Writer } from "./writer.ts";

/** Whoever hands bytes to the pipe. */
export interface DrainReceiver {
  /** The pipe has written what it held. */
  receiveDrain(): void;
}

export class DrainWatch {
  readonly #pipe: Pipe;
  readonly #writer: Writer;
  #waiting: (() => void)[] = [];
  #asked = false;

  constructor(pipe: Pipe, writer: Writer) {
    this.#pipe = pipe;
    this.#writer = writer;
  }

  /** Resolves when nothing is pending, or at settle(). */
  wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /**
   * After work was done: tells those who wait, or asks the pipe to tell `receiver` when it has written what it holds, if
   * somebody waits for that or the writer does. False: there is nothing to watch any more.
   */
  check(receiver: DrainReceiver): boolean {
    if (this.#waiting.length > 0 && this.#writer.pendingBytes === 0) this.settle();
    if (this.#asked) return true;
    if (this.#waiting.length === 0 && !this.#writer.waitsForPipe) return false;
    this.#asked = true;
    this.#pipe.whenWritten(() => {
      this.#asked = false;
      receiver.receiveDrain();
    });
    return true;
  }

  /** Nothing will leave any more: waiting is over. */
  settle(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
