// The crowd of simulated clients: how many, and what they cost the server. Says so when there are none, or another page has them.
import { type RaceReport, ways } from "../../../src/cli/lab/race/wire.ts";
import { card, make, paragraph } from "../elements.ts";
import { say } from "../language.ts";
import { writeBytes, writeCount, writeShare } from "../number-text.ts";
import { Table } from "../table.ts";
import {
  crowdBusyText,
  crowdColumnTexts,
  crowdFailedText,
  crowdFullText,
  crowdNoneText,
  crowdTableText,
  crowdText,
  crowdTitle,
  wayNames,
} from "../texts/race.ts";

/** From here on the thread has no time left to be late with. */
const fullShare = 0.9;

export class CrowdView {
  readonly #table = new Table(
    crowdTableText,
    crowdColumnTexts,
    ways.map((way) => ({ name: wayNames[way], mark: way })),
  );
  readonly #state = make("p", "lab-small", crowdNoneText);

  place(control: HTMLElement): HTMLElement {
    this.#table.root.hidden = true;
    return card(crowdTitle, [paragraph(crowdText), control, this.#state, this.#table.root]);
  }

  show(crowd: RaceReport["crowd"]): void {
    const isThere = typeof crowd === "object";
    this.#table.root.hidden = !isThere;
    if (!isThere) {
      this.#state.hidden = false;
      say(this.#state, crowd === "busy" ? crowdBusyText : crowd === "failed" ? crowdFailedText : crowdNoneText);
      return;
    }
    for (const [row, way] of ways.entries()) {
      const { clients, cpu, requestsPerSecond, messagesPerSecond, bytesPerSecond } = crowd[way];
      const cells = [
        writeCount(clients),
        writeShare(cpu),
        writeCount(requestsPerSecond),
        writeCount(messagesPerSecond),
        writeBytes(bytesPerSecond),
      ];
      for (const [column, text] of cells.entries()) this.#table.set(row, column, text);
    }
    this.#state.hidden = !ways.some((way) => crowd[way].cpu > fullShare);
    say(this.#state, crowdFullText);
  }
}
