// Five requests as the server got them: what is said again each time, and what is new.
import type { Visit } from "../../../src/cli/lab/way/wire.ts";
import { button, card, counter, make, paragraph } from "../elements.ts";
import { writeBytes, writeCount, writeShare } from "../number-text.ts";
import type { PartContext } from "../part.ts";
import {
  requestNumberText,
  visitButtonText,
  visitCounterTexts,
  visitNoteText,
  visitText,
  visitTitle,
} from "../texts/way.ts";
import { ask } from "./ask.ts";

const visitCount = 5;

export class VisitView {
  readonly root: HTMLElement;
  readonly #context: PartContext;
  readonly #button: HTMLButtonElement;
  readonly #requests = counter(visitCounterTexts.requests);
  readonly #bytes = counter(visitCounterTexts.bytes);
  readonly #repeated = counter(visitCounterTexts.repeated);
  readonly #list = make("div", "way-visits");

  constructor(context: PartContext) {
    this.#context = context;
    this.#button = button(visitButtonText, () => void this.run());
    this.root = card(visitTitle, [
      paragraph(visitText),
      make("div", "lab-buttons", [this.#button]),
      make("div", "lab-counters", [this.#requests.root, this.#bytes.root, this.#repeated.root]),
      this.#list,
      paragraph(visitNoteText, "lab-small"),
    ]);
  }

  async run(): Promise<void> {
    this.#button.disabled = true;
    const visits: Visit[] = [];
    // The cookie comes with the first answer, so the first request may be without it.
    for (let n = 1; n <= visitCount; n += 1) {
      const visit = await ask<Visit>(this.#context.server, "visit", { thing: n });
      if (visit === undefined) break;
      visits.push(visit);
      this.#show(visits);
    }
    this.#button.disabled = false;
  }

  #show(visits: readonly Visit[]): void {
    const sum = (read: (visit: Visit) => number): number => visits.reduce((all, visit) => all + read(visit), 0);
    const bytes = sum((visit) => visit.bytes);
    this.#requests.set(writeCount(visits.length));
    this.#bytes.set(writeCount(bytes));
    this.#repeated.set(writeShare(sum((visit) => visit.repeatedBytes) / bytes));
    this.#list.replaceChildren(
      ...visits.map((visit, index) => {
        const made = make("details", "way-visit", [
          make("summary", "", requestNumberText(index + 1, writeBytes(visit.bytes))),
          make(
            "pre",
            "lab-mono way-visit-lines",
            visit.lines.map((line, at) => {
              return make("span", visit.repeated[at] === true ? "way-line" : "way-line way-line-new", `${line}\n`);
            }),
          ),
        ]);
        made.open = index === visits.length - 1;
        return made;
      }),
    );
  }
}
