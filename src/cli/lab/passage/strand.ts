// One connection through a passage: two streams, and bytes carried between them unread. May be held, which loses nothing, or go dead,
// after which it carries nothing more and tells nobody, as a connection whose way has gone. Knows nothing of HTTP.
import type { Duplex } from "node:stream";

export interface StrandOptions {
  /** Towards the page. */
  readonly near: Duplex;
  /** Towards the server. */
  readonly far: Duplex;
  /** What the server hears first. */
  readonly opening: Uint8Array;
  /** To be told of each piece that goes to the page. */
  carried(bytes: number): void;
  /** Both streams are gone. Once. */
  ended(): void;
}

export class Strand {
  readonly #options: StrandOptions;
  #isHeld = false;
  #isDead = false;
  #isOver = false;
  #isOpened = false;

  constructor(options: StrandOptions, isHeld: boolean) {
    this.#options = options;
    const { near, far } = options;
    this.#carry(near, far, () => {});
    this.#carry(far, near, (bytes) => options.carried(bytes));
    this.hold(isHeld);
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** Nothing passes while it is held; what comes meanwhile waits where it came from. */
  hold(isHeld: boolean): void {
    if (this.#isDead || this.#isOver) return;
    this.#isHeld = isHeld;
    for (const stream of [this.#options.near, this.#options.far]) {
      if (isHeld) stream.pause();
      else stream.resume();
    }
    if (isHeld || this.#isOpened) return;
    this.#isOpened = true;
    this.#options.far.write(this.#options.opening);
  }

  /** From now on whatever is sent into it, by either side, is gone. */
  deaden(): void {
    if (this.#isDead || this.#isOver) return;
    this.#isDead = true;
    this.#options.near.resume();
    this.#options.far.resume();
  }

  /** Both ends see a connection that breaks. */
  cut(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.near.destroy();
    this.#options.far.destroy();
    this.#options.ended();
  }

  #carry(from: Duplex, to: Duplex, carried: (bytes: number) => void): void {
    from.on("data", (chunk: Uint8Array) => {
      if (this.#isDead || this.#isOver) return;
      carried(chunk.length);
      if (!to.write(chunk)) from.pause();
    });
    to.on("drain", () => {
      if (!this.#isHeld) from.resume();
    });
    from.on("end", () => {
      if (!this.#isDead && !this.#isOver) to.end();
    });
    // What went wrong with a connection is told by its close.
    from.on("error", () => {});
    from.on("close", () => {
      // Of a dead connection neither end hears what became of the other.
      if (!this.#isDead || (this.#options.near.destroyed && this.#options.far.destroyed)) this.cut();
    });
  }
}
