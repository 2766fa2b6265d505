// longwire/client for Node, Bun and Deno: the same, over the engine's own WebSocket.

import { holdingClock, systemClock } from "../base/clock.ts";
import { EngineSocket } from "../socket/engine-socket.ts";
import { Line as BareLine, type LineOptions, WebSocketLine as BareWebSocketLine } from "./line.ts";
import { surroundingsHere } from "./page/here.ts";
import type { Surroundings } from "./surroundings.ts";
import { createWebSocketClass, Origins, type WebSocketConstructor } from "./websocket.ts";

const here = (): Surroundings =>
  surroundingsHere({
    // A process stays for its sockets, also while the next attempt is all there is of them. Both clocks let input go first.
    clock: holdingClock,
    idleClock: systemClock,
    // When the last one is closed nothing is a reason to stay.
    idleMs: 0,
    dial: (url, protocols) => new EngineSocket(url, protocols),
  });

/**
 * One connection to a server that stays, and the WebSockets in it. Tells of itself by the events `suspend`, `resume` and
 * `transport`. Throws SyntaxError for a URL that is none, LocalError LW_CLIENT_OPTIONS for options that cannot be used.
 */
export class Line extends BareLine {
  constructor(url: string | URL, options: LineOptions = {}) {
    super(url, options, here());
  }
}

/** A line that knows WebSocket only: a fifth lighter in a bundle, for where nothing stands between. As Line in all else. */
export class WebSocketLine extends BareWebSocketLine {
  constructor(url: string | URL, options: LineOptions = {}) {
    super(url, options, here());
  }
}

let origins: Origins | undefined;

/**
 * The browser's `WebSocket`, with a connection that stays. Sockets to one origin share a line. Throws SyntaxError for a URL or a
 * subprotocol that is none; what goes wrong later is told by `error`, `close` with 1006, and `cause`.
 */
export const WebSocket: WebSocketConstructor = createWebSocketClass(() => (origins ??= new Origins(here())));

export { fileOutbox } from "./node-outbox/file-store.ts";
export { indexedDBOutbox } from "./outbox/indexed-db.ts";
export type { FileOutboxOptions } from "./node-outbox/file-store.ts";
export type { IndexedDBOutboxOptions } from "./outbox/indexed-db.ts";
export type { OutboxEvent } from "./outbox/events.ts";
export type { Outbox, OutboxOptions } from "./outbox/outbox.ts";
export type { SocketOptions } from "./outbox/passage.ts";
export type { LineEvent } from "./line-events.ts";
export type { LineOptions } from "./line.ts";
export type { LineSocket, LineSocketEventMap } from "./line-socket.ts";
export type { TokenProvider } from "./token-source.ts";
export type { WebSocketConstructor } from "./websocket.ts";
