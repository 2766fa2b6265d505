// What stands below the picture: the code that both sides run, what is real and what is simulated, where to read on.
import { make, paragraph } from "../elements.ts";
import type { Text } from "../language.ts";
import { codePlainText, codeSessionText, codeText, howText, howTexts, readMoreText } from "../texts/break.ts";
import { reconnectingCode, repeatingCode, sessionCode } from "./shown-code.ts";

export class Notes {
  readonly root: HTMLElement;
  readonly #byHand = make("pre", "break-code lab-mono");

  constructor() {
    this.root = make("div", "lab-body", [
      folded(codeText, [
        make("div", "break-codes", [
          make("div", "break-code-place", [paragraph(codePlainText, "lab-small"), this.#byHand]),
          make("div", "break-code-place", [
            paragraph(codeSessionText, "lab-small"),
            make("pre", "break-code lab-mono", sessionCode.join("\n")),
          ]),
        ]),
      ]),
      folded(
        howText,
        howTexts.map((text) => paragraph(text, "lab-small")),
      ),
      paragraph(readMoreText, "lab-small"),
    ]);
    this.show(false);
  }

  show(isRepeating: boolean): void {
    this.#byHand.textContent = (isRepeating ? repeatingCode : reconnectingCode).join("\n");
  }
}

function folded(summary: Text, content: readonly Node[]): HTMLElement {
  return make("details", "lab-card break-fold", [make("summary", "lab-card-title", summary), ...content]);
}
