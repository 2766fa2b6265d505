// Something that whoever looks says in the chat, on both ways at once: the server gives it back, and what that took is written beside it.
import type { Stream, Way } from "../../../src/cli/lab/many/wire.ts";
import { make } from "../elements.ts";
import { label, say, type Text, unsay } from "../language.ts";
import { writeMs } from "../number-text.ts";
import { afterText, echoText, notYetText, sayText, sendText } from "../texts/many.ts";

/** Own lines are told from the others' by their numbers, which the others' never reach. */
const own = "You: ";

export class EchoForm {
  readonly root: HTMLElement;
  readonly #answer = make("p", "many-echo");
  #asked: { readonly n: number; readonly text: string; readonly took: Partial<Record<Way, number>> } | undefined;

  /** `speak` says it, and returns its number. */
  constructor(speak: (text: string) => number) {
    const input = make("input", "many-say-input");
    input.type = "text";
    input.maxLength = 80;
    input.autocomplete = "off";
    label(input, "aria-label", sayText);
    label(input, "placeholder", sayText);
    const send = make("button", "quiet-button", sendText);
    send.type = "submit";
    const form = make("form", "many-say", [input, send]);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = input.value.trim();
      if (text === "") return;
      input.value = "";
      this.#asked = { n: speak(`${own}${text}`), text, took: {} };
      this.#show();
    });
    this.#answer.setAttribute("role", "status");
    this.root = make("div", "lab-card", [form, this.#answer]);
  }

  clear(): void {
    this.#asked = undefined;
    unsay(this.#answer);
    this.#answer.textContent = "";
  }

  /** Whether it is something that was said here. */
  receive(way: Way, to: Stream, n: number, text: string, tookMs: number): boolean {
    if (to !== "chat" || !text.startsWith(own)) return false;
    if (this.#asked?.n === n) {
      this.#asked.took[way] ??= tookMs;
      this.#show();
    }
    return true;
  }

  #show(): void {
    const asked = this.#asked;
    if (asked === undefined) return;
    const { session, plain } = asked.took;
    const when = (took: number | undefined): Text => (took === undefined ? notYetText : afterText(writeMs(took)));
    say(this.#answer, echoText(asked.text, when(session), when(plain)));
  }
}
