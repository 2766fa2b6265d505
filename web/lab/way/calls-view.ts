// The socket calls of a real connection, one line each, the server's on one side and the client's on the other.
import type { SocketCall } from "../../../src/cli/lab/way/wire.ts";
import { button, card, make, paragraph } from "../elements.ts";
import { writeMs } from "../number-text.ts";
import {
  bytesText,
  callsAgainText,
  callsNoteText,
  callsText,
  callsTitle,
  callTexts,
  clientText,
  serverText,
} from "../texts/way.ts";
import { askInTurn } from "./ask.ts";
import type { PartContext } from "../part.ts";

export class CallsView {
  readonly root: HTMLElement;
  readonly #context: PartContext;
  readonly #list = make("ol", "way-calls");

  constructor(context: PartContext) {
    this.#context = context;
    const heads = make("div", "way-calls-heads", [make("span", "", serverText), make("span", "", clientText)]);
    const again = button(callsAgainText, () => void this.run());
    this.root = card(callsTitle, [
      paragraph(callsText),
      heads,
      this.#list,
      make("div", "lab-buttons", [again]),
      paragraph(callsNoteText, "lab-small"),
    ]);
  }

  async run(): Promise<void> {
    const calls = await askInTurn<readonly SocketCall[]>(this.#context.server, "calls");
    if (calls === undefined) return;
    this.#list.replaceChildren(...calls.map(drawCall));
  }
}

function drawCall({ side, call, detail, atMs }: SocketCall): HTMLLIElement {
  const name = call === "connected" ? "connect" : call === "end" ? "read" : call;
  const isCount = /^\d+$/.test(detail);
  const head = make("div", "way-call-head", [
    make("code", "way-call-name", `${name}()`),
    detail === "" ? undefined : make("span", "way-call-detail", isCount ? bytesText(detail) : detail),
    make("span", "way-call-time", writeMs(atMs)),
  ]);
  const made = make("li", "way-call", [
    make("div", "way-call-box", [head, make("p", "way-call-text", callTexts[call])]),
  ]);
  made.dataset["side"] = side;
  return made;
}
