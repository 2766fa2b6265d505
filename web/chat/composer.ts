// The field to write in. Enter sends, Shift+Enter breaks the line, and an input method may use Enter for itself. Says
// when the writer is typing, and says it again every few seconds while that lasts.
import { element } from "./elements.ts";

const typingAgainMs = 3_000;
const typingPauseMs = 4_000;
const warnBelowCount = 200;

export interface ComposerOwner {
  /** False when the text cannot be taken now; it then stays in the field. */
  submitted(text: string): boolean;
  typing(active: boolean): void;
}

export class Composer {
  readonly #owner: ComposerOwner;
  readonly #text = element("text", HTMLTextAreaElement);
  readonly #send = element("send", HTMLButtonElement);
  readonly #left = element("text-left", HTMLSpanElement);
  #typingSaidAt: number | undefined;
  #pauseTimer: number | undefined;

  constructor(owner: ComposerOwner) {
    this.#owner = owner;
    this.#text.addEventListener("input", () => {
      this.#adjust();
      if (this.#text.value.trim() === "") this.#stopTyping();
      else this.#sayTyping();
    });
    this.#text.addEventListener("blur", () => this.#stopTyping());
    this.#text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#submit();
    });
    element("composer", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
      this.#text.focus();
    });
    this.#adjust();
  }

  focus(): void {
    this.#text.focus();
  }

  /** Only where that does not raise a keyboard over half the screen. */
  focusIfHandy(): void {
    if (matchMedia("(pointer: fine)").matches) this.#text.focus();
  }

  /** The room has changed: who saw the typing is no longer there, and who is there has not been told. */
  forgetTyping(): void {
    clearTimeout(this.#pauseTimer);
    this.#typingSaidAt = undefined;
  }

  #submit(): void {
    const text = cleanText(this.#text.value);
    if (text === "" || !this.#owner.submitted(text)) return;
    this.#text.value = "";
    // The message itself tells the others that the typing is over.
    this.forgetTyping();
    this.#adjust();
  }

  #sayTyping(): void {
    clearTimeout(this.#pauseTimer);
    this.#pauseTimer = setTimeout(() => this.#stopTyping(), typingPauseMs);
    const now = performance.now();
    if (this.#typingSaidAt !== undefined && now - this.#typingSaidAt < typingAgainMs) return;
    this.#typingSaidAt = now;
    this.#owner.typing(true);
  }

  #stopTyping(): void {
    if (this.#typingSaidAt === undefined) return;
    this.forgetTyping();
    this.#owner.typing(false);
  }

  #adjust(): void {
    this.#send.disabled = cleanText(this.#text.value) === "";
    const left = this.#text.maxLength - this.#text.value.length;
    this.#left.textContent = left > warnBelowCount ? "" : `${left} characters left`;
    this.#text.style.height = "auto";
    const borders = this.#text.offsetHeight - this.#text.clientHeight;
    this.#text.style.height = `${this.#text.scrollHeight + borders}px`;
  }
}

/** One kind of line end, and none of the control characters that a paste may bring and the server refuses. */
export function cleanText(text: string): string {
  return text
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll(/[^\P{Cc}\n\t]/gu, "")
    .trim();
}
