// The owners of a session's channels are told things one at a time: after an event microtasks run before the next one, on
// whichever channel that is, as browsers do between the events of different sockets. Who has to wait is told in the order in
// which it asked. Knows no channels.

import { platform } from "../base/platform.ts";

/** Whoever waits for a turn. */
export interface TurnWaiter {
  /** It may be its turn. */
  receiveTurn(): void;
}

/** Whose owners they are. */
export interface TurnKeeper {
  /** Nobody is being told anything any more, and nobody's microtasks run. */
  receiveQuiet(): void;
}

export class Turns {
  #isTaken = false;
  #depth = 0;
  #waiting: TurnWaiter[] | undefined;
  /** Servers whose owners are all hooks never need it. */
  #end: (() => void) | undefined;
  readonly #keeper: TurnKeeper;

  constructor(keeper: TurnKeeper) {
    this.#keeper = keeper;
  }

  /** Whether an event was dispatched and its microtasks have not run. */
  get isTaken(): boolean {
    return this.#isTaken;
  }

  /** Whether an owner is being told something, or its microtasks run. */
  get isBusy(): boolean {
    return this.#isTaken || this.#depth > 0;
  }

  /** Whether an owner is being told something, or others wait for their turn. Of the one told last microtasks may still run. */
  get hasMore(): boolean {
    return this.#depth > 0 || this.#waiting !== undefined;
  }

  /** An owner is being told something. */
  begin(): void {
    this.#depth++;
  }

  /** It was told; `isEvent`: its microtasks come first. */
  end(isEvent: boolean): void {
    this.#depth--;
    if (isEvent) {
      this.#isTaken = true;
      this.#end ??= () => {
        this.#isTaken = false;
        for (let next = this.#waiting?.shift(); next !== undefined; next = this.#waiting?.shift()) {
          if (this.#waiting?.length === 0) this.#waiting = undefined;
          next.receiveTurn();
          if (this.#isTaken) return;
        }
        if (!this.isBusy) this.#keeper.receiveQuiet();
      };
      platform.afterMicrotasks(this.#end);
    } else if (!this.isBusy) {
      this.#keeper.receiveQuiet();
    }
  }

  /** Tells `waiter` once, when it may be its turn. */
  wait(waiter: TurnWaiter): void {
    this.#waiting ??= [];
    this.#waiting.push(waiter);
  }
}
