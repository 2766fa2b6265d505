// One name in one room, kept connected: a WebSocket of longwire/client, which stays open while the network comes and goes. It is
// made anew only when it closes all the same, for instance after a restart of the server. Knows nothing of what the messages
// mean, except that `join` comes first. Another room or name needs another Connection.
import { type LineSocket, WebSocket } from "longwire/client";
import type { ClientMessage, ServerMessage } from "../../src/cli/chat/wire.ts";
import { isWorthRetrying, retryDelayMs } from "./reconnect.ts";

/** A connection that lasted this long was a good one: the next loss starts again with a short wait. */
const goodAfterMs = 5_000;

export type ConnectionState =
  | { readonly phase: "connecting" }
  /** `transport` is what carries it, such as "websocket" or "longpoll". */
  | { readonly phase: "open"; readonly transport: string | undefined }
  /** Open, and nothing carries it: what is sent waits. */
  | { readonly phase: "suspended" }
  | { readonly phase: "waiting"; readonly code: number; readonly reason: string; readonly retryAt: number }
  | { readonly phase: "stopped"; readonly code: number; readonly reason: string };

export interface ConnectionOwner {
  stateChanged(state: ConnectionState): void;
  received(message: ServerMessage): void;
}

export class Connection {
  readonly #url: string;
  readonly #name: string;
  readonly #owner: ConnectionOwner;
  #socket: LineSocket | undefined;
  #timer: number | undefined;
  #attempt = 0;
  #ended = false;

  constructor(room: string, name: string, owner: ConnectionOwner) {
    const url = new URL(`/chat/${encodeURIComponent(room)}`, location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    this.#url = url.href;
    this.#name = name;
    this.#owner = owner;
  }

  /** Connects now, whether it was waiting, stopped or never begun; does nothing while a socket is there. */
  start(): void {
    if (this.#ended || this.#socket !== undefined) return;
    clearTimeout(this.#timer);
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    let openedAt = Infinity;
    socket.addEventListener("open", () => {
      openedAt = performance.now();
      this.send({ type: "join", name: this.#name });
    });
    socket.addEventListener("message", (event: MessageEvent<string>) => {
      if (this.#ended) return;
      const message = JSON.parse(event.data) as ServerMessage;
      if (message.type === "welcome") showOpen();
      this.#owner.received(message);
    });
    const showOpen = (): void => this.#owner.stateChanged({ phase: "open", transport: socket.transport });
    socket.addEventListener("suspend", () => {
      if (!this.#ended) this.#owner.stateChanged({ phase: "suspended" });
    });
    for (const type of ["resume", "transport"]) {
      socket.addEventListener(type, () => {
        if (!this.#ended) showOpen();
      });
    }
    socket.addEventListener("close", ({ code, reason }) => {
      this.#socket = undefined;
      if (this.#ended) return;
      if (performance.now() - openedAt >= goodAfterMs) this.#attempt = 0;
      this.#wait(code, reason);
    });
    this.#owner.stateChanged({ phase: "connecting" });
  }

  /** False when there is no open socket to send on. What is sent on a suspended one waits in it. */
  send(message: ClientMessage): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /** For good. The owner hears nothing more. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#socket?.close(1000);
  }

  #wait(code: number, reason: string): void {
    if (!isWorthRetrying(code)) {
      this.#owner.stateChanged({ phase: "stopped", code, reason });
      return;
    }
    const delayMs = retryDelayMs(this.#attempt, Math.random());
    this.#attempt += 1;
    this.#timer = setTimeout(() => this.start(), delayMs);
    this.#owner.stateChanged({ phase: "waiting", code, reason, retryAt: Date.now() + delayMs });
  }
}
