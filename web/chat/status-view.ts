// How the connection is, plainly: a word beside the room's name, and while it is not open a line that says why and what
// comes next. Screen readers hear each change once, not the countdown.
import type { ConnectionState } from "./connection.ts";
import { element } from "./elements.ts";
import { describeClose } from "./reconnect.ts";

const words = {
  connecting: "Connecting",
  open: "Connected",
  waiting: "Disconnected",
  stopped: "Disconnected",
} as const;
const countdownStepMs = 250;

export class StatusView {
  readonly #pill = element("pill", HTMLParagraphElement);
  readonly #pillText = element("pill-text", HTMLSpanElement);
  readonly #outage = element("outage", HTMLDivElement);
  readonly #outageText = element("outage-text", HTMLSpanElement);
  readonly #countdown = element("outage-countdown", HTMLSpanElement);
  readonly #announcer = element("announcer", HTMLParagraphElement);
  #timer: number | undefined;
  #hasLost = false;

  constructor(retry: () => void) {
    element("retry", HTMLButtonElement).addEventListener("click", retry);
  }

  show(state: ConnectionState): void {
    clearInterval(this.#timer);
    this.#pill.dataset["phase"] = state.phase;
    this.#pillText.textContent = words[state.phase];
    if (state.phase === "connecting") {
      this.#showConnecting();
    } else if (state.phase === "open") {
      this.#outage.hidden = true;
      if (this.#hasLost) this.announce("Connected again.");
      this.#hasLost = false;
    } else {
      this.#showLost(state);
    }
  }

  announce(text: string): void {
    this.#announcer.textContent = text;
  }

  /** The line of an outage stays until the new connection is open, else it would flicker with every attempt. */
  #showConnecting(): void {
    this.#countdown.textContent = this.#hasLost ? "Trying again now." : "";
  }

  #showLost(state: Extract<ConnectionState, { phase: "waiting" | "stopped" }>): void {
    const why = `${describeClose(state.code, state.reason)}.`;
    if (!this.#hasLost) this.announce(state.phase === "waiting" ? `${why} Trying again.` : why);
    this.#hasLost = true;
    this.#outageText.textContent = why;
    this.#outage.hidden = false;
    if (state.phase === "stopped") {
      this.#countdown.textContent = "";
      return;
    }
    const count = (): void => {
      const seconds = Math.max(0, Math.ceil((state.retryAt - Date.now()) / 1_000));
      this.#countdown.textContent = `Trying again in ${seconds} s.`;
    };
    count();
    this.#timer = setInterval(count, countdownStepMs);
  }
}
