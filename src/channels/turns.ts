// The owners of a session's channels are told things one at a time: after an event microtasks run before the next one, on
// whichever channel that is, as browsers do between the events of different sockets. Who has to wait is told in the order in
// which it asked. What the owners say meanwhile leaves together, at the end. Knows no channels.

import { platform } from "../base/platform.ts";

export class Turns {
  #isTaken = false;
  #depth = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #end: () => void = () => this.#goOn();
  /** Called when nobody is being told anything any more. */
  readonly #rest: () => void;

  constructor(rest: () => void) {
    this.#rest = rest;
  }

  /** Whether an event was dispatched and its microtasks have not run. */
  get isTaken(): boolean {
    return this.#isTaken;
  }

  /** Whether an owner is being told something, or its microtasks run, or others wait for their turn. */
  get isBusy(): boolean {
    return this.#isTaken || this.#depth > 0;
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
      platform.afterMicrotasks(this.#end);
    } else if (!this.isBusy) {
      this.#rest();
    }
  }

  #goOn(): void {
    this.#isTaken = false;
    for (let goOn = this.#waiting.shift(); goOn !== undefined; goOn = this.#waiting.shift()) {
      goOn();
      if (this.#isTaken) return;
    }
    if (!this.isBusy) this.#rest();
  }

  /** Calls `goOn` once, when it may be its turn. */
  wait(goOn: () => void): void {
    this.#waiting.push(goOn);
  }
}
