// On a phone, rooms and people lie in a panel that slides over the conversation: focus goes in with it, Escape and a tap
// beside it close it, and focus comes back. On a wide screen the panel is always there and this file has nothing to do.
import { element } from "./elements.ts";

export class SidePanel {
  readonly #side = element("side", HTMLElement);
  readonly #main = element("main", HTMLElement);
  readonly #opener = element("side-open", HTMLButtonElement);
  readonly #closer = element("side-close", HTMLButtonElement);

  constructor() {
    this.#opener.addEventListener("click", () => this.#open());
    this.#closer.addEventListener("click", () => this.close());
    element("veil", HTMLDivElement).addEventListener("click", () => this.close());
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
    // Turned or widened: without this the conversation would stay out of reach.
    matchMedia("(max-width: 760px)").addEventListener("change", () => this.close());
  }

  close(): void {
    if (!this.#side.classList.contains("open")) return;
    const hadFocus = this.#side.contains(document.activeElement);
    this.#side.classList.remove("open");
    this.#main.inert = false;
    this.#opener.setAttribute("aria-expanded", "false");
    if (hadFocus) this.#opener.focus();
  }

  #open(): void {
    this.#side.classList.add("open");
    this.#main.inert = true;
    this.#opener.setAttribute("aria-expanded", "true");
    this.#closer.focus();
  }
}
