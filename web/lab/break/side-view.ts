// What is to be seen of one side: what the page reads of its connection, and three numbers that say how the conversation fares.
import type { ArrivalCounts, Side } from "../../../src/cli/lab/break/wire.ts";
import { card, counter, make, paragraph } from "../elements.ts";
import { pick, say } from "../language.ts";
import { writeCount, writeMs } from "../number-text.ts";
import {
  agoText,
  carriedText,
  doubledText,
  lateText,
  legendTexts,
  lostText,
  neverText,
  readyStateText,
  sideNames,
  sideTexts,
  silentText,
  stateText,
} from "../texts/break.ts";
import type { Talker } from "./talker.ts";

export class SideView {
  readonly root: HTMLElement;
  readonly #state = make("dd", "lab-mono");
  readonly #carried = make("dd", "break-carried");
  readonly #silent = make("dd");
  readonly #lost = counter(lostText);
  readonly #doubled = counter(doubledText);
  readonly #late = counter(lateText);

  constructor(side: Side) {
    this.root = card(
      sideNames[side],
      [
        paragraph(sideTexts[side], "lab-small"),
        make("dl", "break-facts", [
          fact(make("dt", "", readyStateText), this.#state),
          fact(make("dt", "", carriedText), this.#carried),
          fact(make("dt", "", silentText), this.#silent),
        ]),
        make("div", "lab-counters", [this.#lost.root, this.#doubled.root, this.#late.root]),
      ],
      "break-side",
    );
    this.root.dataset["side"] = side;
    this.#lost.root.dataset["count"] = "lost";
    this.#doubled.root.dataset["count"] = "doubled";
    this.#late.root.dataset["count"] = "late";
  }

  show(talker: Talker, down: ArrivalCounts, up: ArrivalCounts): void {
    const { carried, silentMs, readyState } = talker;
    this.#state.textContent = stateText(readyState);
    say(this.#carried, legendTexts[carried]);
    this.#carried.dataset["carried"] = carried;
    this.#silent.textContent = silentMs === undefined ? pick(neverText) : pick(agoText(writeMs(silentMs)));
    this.#silent.toggleAttribute("data-long", silentMs !== undefined && silentMs > 2_000);
    set(this.#lost, down.lost + up.lost);
    set(this.#doubled, down.doubled + up.doubled);
    set(this.#late, down.late + up.late);
  }
}

function fact(name: HTMLElement, value: HTMLElement): HTMLElement {
  return make("div", "break-fact", [name, value]);
}

function set(target: ReturnType<typeof counter>, count: number): void {
  target.set(writeCount(count));
  target.root.toggleAttribute("data-some", count > 0);
}
