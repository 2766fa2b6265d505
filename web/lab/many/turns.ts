// Taking turns, in numbers: how many slices of the transfer went to the page, and how many of others between the first and the last of them.
import type { Passed } from "../../../src/cli/lab/many/wire.ts";
import { make } from "../elements.ts";
import { say } from "../language.ts";
import { writeCount } from "../number-text.ts";
import { turnsText } from "../texts/many.ts";

export class Turns {
  readonly root: HTMLElement = make("p", "many-turns");
  #slices = 0;
  #between = 0;
  /** Others since the last slice of the transfer: between only if another one follows. */
  #since = 0;

  constructor() {
    this.clear();
  }

  clear(): void {
    this.#slices = 0;
    this.#between = 0;
    this.#since = 0;
    this.root.hidden = true;
  }

  add(passed: readonly Passed[]): void {
    for (const { isDown, name, stream } of passed) {
      if (!isDown || name !== "slice") continue;
      if (stream !== "transfer") {
        if (this.#slices > 0) this.#since++;
        continue;
      }
      this.#slices++;
      this.#between += this.#since;
      this.#since = 0;
    }
    this.root.hidden = this.#slices === 0;
    say(this.root, turnsText(writeCount(this.#slices), writeCount(this.#between)));
  }
}
