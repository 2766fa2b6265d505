// The real heads of the connection that this page has opened, a line at a time, each with what it is for.
import { button, card, make, paragraph } from "../elements.ts";
import { prose, say } from "../language.ts";
import {
  againText,
  blockedText,
  headBytesText,
  headerTexts,
  headsText,
  headsTitle,
  otherHeaderText,
  requestText,
  responseText,
  waitingText,
} from "../texts/handshake.ts";

export interface Heads {
  readonly request: string;
  readonly response: string;
  readonly isExact: boolean;
}

export class HeadsCard {
  readonly root: HTMLElement;
  readonly #request = make("div", "handshake-head");
  readonly #response = make("div", "handshake-head");
  readonly #bytes = make("p", "lab-small", waitingText);

  constructor(again: () => void) {
    this.root = card(headsTitle, [
      paragraph(headsText),
      make("div", "lab-buttons", [button(againText, again)]),
      make("h4", "handshake-side", requestText),
      this.#request,
      make("h4", "handshake-side", responseText),
      this.#response,
      this.#bytes,
    ]);
  }

  show({ request, response, isExact }: Heads): void {
    this.#request.replaceChildren(...linesOf(request, "request-line"));
    this.#response.replaceChildren(...linesOf(response, "status-line"));
    say(this.#bytes, headBytesText(request.length, response.length, isExact));
  }

  showBlocked(): void {
    say(this.#bytes, blockedText);
  }
}

function linesOf(head: string, first: "request-line" | "status-line"): HTMLElement[] {
  return head
    .split("\r\n")
    .slice(0, -2)
    .map((line, index) => {
      const colon = index === 0 ? -1 : line.indexOf(":");
      const name = colon === -1 ? first : line.slice(0, colon).toLowerCase();
      const known = headerTexts[name];
      const note = make("p", "handshake-note");
      prose(note, known ?? otherHeaderText);
      const code = make(
        "p",
        "handshake-line lab-mono",
        colon === -1
          ? [make("strong", "", line)]
          : [make("strong", "", line.slice(0, colon + 1)), make("span", "", line.slice(colon + 1))],
      );
      const row = make("div", "handshake-row", [code, note]);
      row.dataset["part"] = known === undefined || !isOfHandshake(name) ? "other" : "own";
      return row;
    });
}

/** What a handshake cannot do without, or what only a handshake has. */
function isOfHandshake(name: string): boolean {
  return /^(?:request-line|status-line|host|connection|upgrade|origin|sec-websocket-.*)$/.test(name);
}
