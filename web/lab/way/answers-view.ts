// Why HTTP/1.1 does not replace WebSocket, in three answers with a measured number on either side.
import type { Said } from "../../../src/cli/lab/way/wire.ts";
import { button, card, make, paragraph } from "../elements.ts";
import { say } from "../language.ts";
import { writeCount, writeMs } from "../number-text.ts";
import type { PartContext } from "../part.ts";
import {
  answerRows,
  answersNoteText,
  answersText,
  answersTitle,
  failedText,
  http11Text,
  measureText,
  measuringText,
  webSocketText,
} from "../texts/way.ts";
import { type Measurement, measureHeads, measureNews, measureOrder } from "./measurements.ts";

type RowName = keyof typeof answerRows;

export class AnswersView {
  readonly root: HTMLElement;
  readonly #context: PartContext;
  readonly #button: HTMLButtonElement;
  readonly #cells = new Map<RowName, readonly [HTMLElement, HTMLElement]>();
  #tell: ((said: Said) => void) | undefined;

  constructor(context: PartContext) {
    this.#context = context;
    this.#button = button(measureText, () => void this.run(), "send way-measure");
    const names = Object.keys(answerRows) as RowName[];
    this.root = card(answersTitle, [
      paragraph(answersText),
      make("div", "lab-buttons", [this.#button]),
      make(
        "div",
        "way-answers",
        names.map((name) => this.#row(name)),
      ),
      paragraph(answersNoteText, "lab-small"),
    ]);
  }

  /** What the server says that it has counted. */
  receive(said: Said): void {
    this.#tell?.(said);
  }

  async run(): Promise<void> {
    const { server } = this.#context;
    this.#button.disabled = true;
    say(this.#button, measuringText);
    const told = new Promise<Said>((resolve) => {
      this.#tell = resolve;
    });
    try {
      this.#show("heads", await measureHeads(server, told), writeCount);
      this.#show("order", await measureOrder(server), writeMs);
      this.#show("begin", await measureNews(server), writeMs);
      say(this.#button, measureText);
    } catch {
      say(this.#button, failedText);
    }
    this.#button.disabled = false;
  }

  #row(name: RowName): HTMLElement {
    const { name: title, text, what } = answerRows[name];
    const http = make("span", "lab-counter-number", "–");
    const socket = make("span", "lab-counter-number", "–");
    this.#cells.set(name, [http, socket]);
    const made = make("section", "way-answer", [
      make("h4", "way-run-title", title),
      make("p", "lab-small", text),
      make("div", "lab-counters", [
        make("div", "lab-counter", [http, make("span", "lab-counter-name", http11Text)]),
        make("div", "lab-counter way-answer-socket", [socket, make("span", "lab-counter-name", webSocketText)]),
      ]),
      make("p", "lab-counter-name", what),
    ]);
    made.dataset["answer"] = name;
    return made;
  }

  #show(name: RowName, { http, socket }: Measurement, write: (value: number) => string): void {
    const [httpCell, socketCell] = this.#cells.get(name) ?? [];
    if (httpCell !== undefined) httpCell.textContent = write(http);
    if (socketCell !== undefined) socketCell.textContent = write(socket);
  }
}
