// Asks for a name: on the first visit, where there is no way around it, and later on request. What comes out is a name
// that the server accepts.
import { element } from "./elements.ts";

export class NameDialog {
  readonly #dialog = element("name-dialog", HTMLDialogElement);
  readonly #input = element("name-input", HTMLInputElement);
  readonly #title = element("name-title", HTMLHeadingElement);
  readonly #submit = element("name-submit", HTMLButtonElement);
  readonly #cancel = element("name-cancel", HTMLButtonElement);
  #isRequired = true;

  constructor(chosen: (name: string) => void) {
    element("name-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      const name = cleanName(this.#input.value);
      if (name === "") return;
      this.#isRequired = false;
      this.#dialog.close();
      chosen(name);
    });
    this.#cancel.addEventListener("click", () => this.#dialog.close());
    // A browser lets a second Escape through, whatever the first one's cancel event was answered; not so the key itself.
    this.#dialog.addEventListener("keydown", (event) => {
      if (this.#isRequired && event.key === "Escape") event.preventDefault();
    });
    // The back gesture of a phone asks to close as well.
    this.#dialog.addEventListener("close", () => {
      if (this.#isRequired) this.#dialog.showModal();
    });
  }

  /** Opens with `current` filled in; only somebody who has a name can leave without choosing one. */
  ask(current: string): void {
    if (this.#dialog.open) return;
    this.#isRequired = current === "";
    this.#cancel.hidden = this.#isRequired;
    this.#title.textContent = this.#isRequired ? "What shall we call you?" : "Change your name";
    this.#submit.textContent = this.#isRequired ? "Enter the chat" : "Change";
    this.#input.value = current;
    this.#dialog.showModal();
    this.#input.select();
  }
}

/** Without controls and the invisible characters that turn or hide part of a line. May be empty. */
export function cleanName(typed: string): string {
  return typed
    .normalize("NFC")
    .replaceAll(/\s+/g, " ")
    .replaceAll(/[\p{Cc}\p{Cs}\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/gu, "")
    .trim()
    .slice(0, 32);
}
