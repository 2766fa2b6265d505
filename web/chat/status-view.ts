// How the connection is, plainly: a word beside the room's name with what carries it, and while it is not open a line that
// says why and what comes next. Screen readers hear each change once, not the countdown, and nothing of a moment's gap.
import type { ConnectionState } from "./connection.ts";
import { element } from "./elements.ts";
import { describeClose } from "./reconnect.ts";

const words = {
  connecting: "Connecting",
  open: "Connected",
  suspended: "Reconnecting",
  waiting: "Disconnected",
  stopped: "Disconnected",
} as const;
const ways: Readonly<Record<string, string>> = {
  websocket: "WebSocket",
  stream: "streaming",
  longpoll: "long polling",
  poll: "polling",
};
const countdownStepMs = 250;
/** A gap that is over before anybody could read about it is not told. */
const gapMs = 1_000;

export class StatusView {
  readonly #pill = element("pill", HTMLParagraphElement);
  readonly #pillText = element("pill-text", HTMLSpanElement);
  readonly #pillWay = element("pill-way", HTMLSpanElement);
  readonly #outage = element("outage", HTMLDivElement);
  readonly #outageText = element("outage-text", HTMLSpanElement);
  readonly #countdown = element("outage-countdown", HTMLSpanElement);
  readonly #retry = element("retry", HTMLButtonElement);
  readonly #announcer = element("announcer", HTMLParagraphElement);
  #timer: number | undefined;
  #hasLost = false;

  constructor(retry: () => void) {
    this.#retry.addEventListener("click", retry);
  }

  show(state: ConnectionState): void {
    clearInterval(this.#timer);
    this.#pill.dataset["phase"] = state.phase;
    this.#pillText.textContent = words[state.phase];
    const way = state.phase === "open" ? ways[state.transport ?? ""] : undefined;
    this.#pill.dataset["way"] = way === undefined ? "" : (state as { transport: string }).transport;
    this.#pillWay.textContent = way === undefined ? "" : `over ${way}`;
    if (state.phase === "connecting") {
      this.#showConnecting();
    } else if (state.phase === "open") {
      this.#outage.hidden = true;
      if (this.#hasLost) this.announce("Connected again.");
      this.#hasLost = false;
    } else if (state.phase === "suspended") {
      this.#timer = setTimeout(() => this.#showSuspended(), gapMs);
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

  #showSuspended(): void {
    this.#showOutage("The connection is interrupted.", "What you write is sent when it is back.", false);
  }

  #showLost(state: Extract<ConnectionState, { phase: "waiting" | "stopped" }>): void {
    const why = `${describeClose(state.code, state.reason)}.`;
    if (state.phase === "stopped") {
      this.#showOutage(why, "", true);
      return;
    }
    this.#showOutage(why, "Trying again.", true);
    const count = (): void => {
      const seconds = Math.max(0, Math.ceil((state.retryAt - Date.now()) / 1_000));
      this.#countdown.textContent = `Trying again in ${seconds} s.`;
    };
    count();
    this.#timer = setInterval(count, countdownStepMs);
  }

  #showOutage(why: string, next: string, canRetry: boolean): void {
    if (!this.#hasLost) this.announce(`${why} ${next}`.trim());
    this.#hasLost = true;
    this.#outageText.textContent = why;
    this.#countdown.textContent = next;
    this.#retry.hidden = !canRetry;
    this.#outage.hidden = false;
  }
}
