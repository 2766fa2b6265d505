// longwire/client for browsers, workers and everything else with the browser's interfaces. Importing it touches nothing: what is
// around is looked at when the first line is made.

import { Line as BareLine, type LineOptions, WebSocketLine as BareWebSocketLine } from "./line.ts";
import { socketSurroundingsHere, surroundingsHere } from "./page/here.ts";
import { createWebSocketClass, Origins, type WebSocketConstructor } from "./websocket.ts";

/**
 * One connection to a server that stays, and the WebSockets in it. Tells of itself by the events `suspend`, `resume` and
 * `transport`. Throws SyntaxError for a URL that is none, LocalError LW_CLIENT_OPTIONS for options that cannot be used.
 */
export class Line extends BareLine {
  constructor(url: string | URL, options: LineOptions = {}) {
    super(url, options, surroundingsHere());
  }
}

/** A line that knows WebSocket only: a fifth lighter in a bundle, for where nothing stands between. As Line in all else. */
export class WebSocketLine extends BareWebSocketLine {
  constructor(url: string | URL, options: LineOptions = {}) {
    super(url, options, socketSurroundingsHere());
  }
}

let origins: Origins | undefined;

/**
 * The browser's `WebSocket`, with a connection that stays. Sockets to one origin share a line. Throws SyntaxError for a URL or a
 * subprotocol that is none; what goes wrong later is told by `error`, `close` with 1006, and `cause`.
 */
export const WebSocket: WebSocketConstructor = /* @__PURE__ */ createWebSocketClass(
  () => (origins ??= new Origins(surroundingsHere())),
);

export { indexedDBOutbox } from "./outbox/indexed-db.ts";
export type { IndexedDBOutboxOptions } from "./outbox/indexed-db.ts";
export type { OutboxEvent } from "./outbox/events.ts";
export type { Outbox, OutboxOptions } from "./outbox/outbox.ts";
export type { SocketOptions } from "./outbox/passage.ts";
export type { LineEvent } from "./line-events.ts";
export type { LineOptions } from "./line.ts";
export type { LineSocket, LineSocketEventMap } from "./line-socket.ts";
export type { TokenProvider } from "./token-source.ts";
export type { WebSocketConstructor } from "./websocket.ts";
