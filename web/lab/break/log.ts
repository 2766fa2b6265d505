// What the page was told, newest first: seconds since the beginning, which side, what.
import type { Side } from "../../../src/cli/lab/break/wire.ts";
import { make } from "../elements.ts";
import type { Text } from "../language.ts";
import { byYouText, logText, nothingYetText, sideNames } from "../texts/break.ts";

const mostLines = 60;

export class Log {
  readonly root: HTMLElement;
  readonly #list = make("ol", "break-log");
  #beganAt = performance.now();

  constructor() {
    this.#list.tabIndex = 0;
    this.root = make("div", "lab-card", [make("h3", "lab-card-title", logText), this.#list]);
    this.clear();
  }

  clear(): void {
    this.#beganAt = performance.now();
    this.#list.replaceChildren(make("li", "lab-small", nothingYetText));
  }

  add(who: Side | "you", text: Text): void {
    const time = make("span", "break-log-time", `${((performance.now() - this.#beganAt) / 1_000).toFixed(1)} s`);
    const name = make("span", "break-log-who", who === "you" ? byYouText : sideNames[who]);
    const line = make("li", "break-log-line", [time, name, make("span", "break-log-text", text)]);
    line.dataset["who"] = who;
    if (this.#list.querySelector(".break-log-line") === null) this.#list.replaceChildren();
    this.#list.prepend(line);
    while (this.#list.children.length > mostLines) this.#list.lastElementChild?.remove();
  }
}
