// The page's WebSocket to its inspector: shows the token, and comes back by itself when it was lost. Knows messages by their types;
// what they mean is main.ts's.
import type { InspectorMessage, PageMessage } from "longwire/inspector";

export type LiveState = "connecting" | "open" | "lost" | "token";

export interface LiveEvents {
  receiveState(state: LiveState, reason: string): void;
  receive(message: InspectorMessage): void;
}

const AGAIN_MS = 1_000;

export class Live {
  readonly #events: LiveEvents;
  #token: string;
  #socket: WebSocket | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor(token: string, events: LiveEvents) {
    this.#token = token;
    this.#events = events;
    if (token === "") events.receiveState("token", "");
    else this.#open();
  }

  /** Begins anew with another token. */
  enter(token: string): void {
    this.#token = token;
    clearTimeout(this.#again);
    this.#socket?.close();
    this.#open();
  }

  send(message: PageMessage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #open(): void {
    const url = new URL("live", location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    url.hash = "";
    url.search = "";
    const socket = new WebSocket(url);
    this.#socket = socket;
    socket.onopen = () => this.send({ type: "enter", token: this.#token });
    socket.onmessage = (event: MessageEvent<unknown>) => {
      if (socket !== this.#socket || typeof event.data !== "string") return;
      const message = JSON.parse(event.data) as InspectorMessage;
      if (message.type === "welcome") this.#events.receiveState("open", "");
      this.#events.receive(message);
    };
    socket.onclose = ({ code, reason }) => {
      if (socket !== this.#socket) return;
      // 4401: another token is wanted. 4403: whoever asks may not come here at all, and need not ask again.
      if (code === 4401) this.#events.receiveState("token", reason);
      else if (code === 4403) this.#events.receiveState("lost", reason);
      else {
        this.#events.receiveState("lost", reason);
        this.#again = setTimeout(() => this.#open(), AGAIN_MS);
      }
    };
  }
}
