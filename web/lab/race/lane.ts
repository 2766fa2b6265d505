// One way's place in the race: what it is, its newest message, its picture of the last seconds.
import type { FeedMessage, Way } from "../../../src/cli/lab/race/wire.ts";
import { make, paragraph } from "../elements.ts";
import { pick } from "../language.ts";
import { writeMs } from "../number-text.ts";
import { newestText, waitingText, wayNames, wayTexts } from "../texts/race.ts";
import { wayColors } from "./chart.ts";
import { Score } from "./score.ts";
import { Strip } from "./strip.ts";

export class Lane {
  readonly root: HTMLElement;
  readonly score: Score = new Score();
  readonly strip: Strip;
  readonly #price = make("p", "race-price", "–");
  readonly #newest = make("p", "race-newest", waitingText);
  #shown: { readonly message: FeedMessage; readonly lateMs: number } | undefined;

  constructor(way: Way) {
    this.strip = new Strip(wayColors[way]);
    this.root = make("section", "lab-card race-lane", [
      make("h3", "lab-card-title race-lane-title", wayNames[way]),
      paragraph(wayTexts[way], "race-lane-text"),
      make("div", "race-lane-now", [this.#price, this.#newest]),
      this.strip.canvas,
    ]);
    this.root.dataset["way"] = way;
  }

  receive(message: FeedMessage, bytes: number, madeAt: number, now: number): void {
    this.score.count(bytes, now - madeAt);
    this.strip.arrived(madeAt, now);
    this.#shown = { message, lateMs: Math.max(0, now - madeAt) };
  }

  /** Once per frame. */
  draw(now: number): void {
    this.strip.draw(now);
    const shown = this.#shown;
    if (shown === undefined) return;
    this.#price.textContent = shown.message.price;
    this.#newest.removeAttribute("data-said");
    this.#newest.textContent = pick(newestText(shown.message.n, writeMs(shown.lateMs)));
  }

  reset(): void {
    this.score.reset();
  }
}
