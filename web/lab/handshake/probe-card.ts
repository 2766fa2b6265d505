// Requests that are no good openings, each really sent by the server's half when it is asked for, and what came back.
import { type HandshakeReport, type Probe, probes } from "../../../src/cli/lab/handshake/wire.ts";
import { card, make, paragraph } from "../elements.ts";
import { prose } from "../language.ts";
import {
  endedText,
  gotText,
  nothingText,
  probeNames,
  probeNotes,
  probesText,
  probesTitle,
  sentText,
  stillOpenText,
} from "../texts/handshake.ts";

type Answer = Extract<HandshakeReport, { readonly type: "answered" }>;

export class ProbeCard {
  readonly root: HTMLElement;
  readonly #buttons: ReadonlyMap<Probe, HTMLButtonElement>;
  readonly #place = make("div", "handshake-answer");
  readonly #ask: (probe: Probe) => void;
  #asked: Probe = "plain";

  constructor(ask: (probe: Probe) => void) {
    this.#ask = ask;
    this.#buttons = new Map(
      probes.map((probe) => {
        const made = make("button", "quiet-button", probeNames[probe]);
        made.type = "button";
        made.addEventListener("click", () => this.ask(probe));
        return [probe, made];
      }),
    );
    this.#place.setAttribute("aria-live", "polite");
    this.root = card(probesTitle, [
      paragraph(probesText),
      make("div", "lab-buttons", [...this.#buttons.values()]),
      this.#place,
    ]);
  }

  ask(probe: Probe = this.#asked): void {
    this.#asked = probe;
    for (const [known, button] of this.#buttons) button.setAttribute("aria-pressed", String(known === probe));
    this.#ask(probe);
  }

  show({ probe, request, response, isEnded }: Answer): void {
    if (probe !== this.#asked) return;
    const note = make("p");
    prose(note, probeNotes[probe]);
    const status = /^HTTP\/1\.1 (\d+ [^\r]*)/.exec(response)?.[1] ?? "–";
    const verdict = make("p", "handshake-status", status);
    verdict.dataset["verdict"] = status.startsWith("101") ? "good" : "bad";
    const text = (words: string): HTMLElement =>
      words === "" ? make("p", "lab-small", nothingText) : make("pre", "lab-mono handshake-text", words.trimEnd());
    this.#place.replaceChildren(
      make("div", "handshake-outcome", [verdict, note]),
      make("div", "handshake-exchange", [
        make("div", "", [make("h4", "handshake-side", sentText), text(request)]),
        make("div", "", [
          make("h4", "handshake-side", gotText),
          text(response),
          make("p", "lab-small", isEnded ? endedText : stillOpenText),
        ]),
      ]),
    );
  }
}
