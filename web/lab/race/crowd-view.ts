// The crowd of simulated clients: how many, and what they cost the server. Says so when there are none, or another page has them.
import { type RaceReport, ways } from "../../../src/cli/lab/race/wire.ts";
import { card, make, paragraph } from "../elements.ts";
import { say } from "../language.ts";
import { writeBytes, writeCount, writeMicroseconds, writeShare } from "../number-text.ts";
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

/** From here on a thread has no time left. */
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

  show({ crowd, cores }: RaceReport): void {
    const isThere = typeof crowd === "object";
    this.#table.root.hidden = !isThere;
    if (!isThere) {
      this.#state.hidden = false;
      say(this.#state, crowd === "busy" ? crowdBusyText : crowd === "failed" ? crowdFailedText : crowdNoneText);
      return;
    }
    for (const [row, way] of ways.entries()) {
      const { clients, cpu = NaN, requestsPerSecond, messagesPerSecond, bytesPerSecond } = crowd[way];
      const cells = [
        writeCount(clients),
        Number.isNaN(cpu) ? "–" : writeShare(cpu),
        Number.isNaN(cpu) || messagesPerSecond === 0 ? "–" : writeMicroseconds((cpu / messagesPerSecond) * 1e6),
        writeCount(requestsPerSecond),
        writeCount(messagesPerSecond),
        writeBytes(bytesPerSecond),
      ];
      for (const [column, text] of cells.entries()) this.#table.set(row, column, text);
    }
    this.#state.hidden = !ways.some((way) => crowd[way].busy > fullShare);
    say(this.#state, crowdFullText(cores));
  }
}
