// The events of the WHATWG interface that not every runtime has. Browsers, workers, Bun and Deno have both; Node has
// CloseEvent since 23 and ErrorEvent since 26, and before that own-events.ts's are put in. Dispatches nothing.

interface PlainEventInit {
  bubbles?: boolean;
  cancelable?: boolean;
  composed?: boolean;
}

/** `close`: how the connection ended. As in browsers (WHATWG WebSockets §5). */
export interface CloseEvent extends Event {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
}

export interface CloseEventInit extends PlainEventInit {
  code?: number;
  reason?: string;
  wasClean?: boolean;
}

/** `error`: the connection failed; `close` follows. As in browsers, with an `error` that says why. */
export interface ErrorEvent extends Event {
  readonly message: string;
  readonly filename: string;
  readonly lineno: number;
  readonly colno: number;
  /** The LongwireError behind the event; the same as `socket.cause`. */
  readonly error: unknown;
}

export interface ErrorEventInit extends PlainEventInit {
  message?: string;
  filename?: string;
  lineno?: number;
  colno?: number;
  error?: unknown;
}

export interface EventClass<E extends Event, Init> {
  readonly prototype: E;
  new (type: string, init?: Init): E;
}

export interface EventClasses {
  readonly CloseEvent: EventClass<CloseEvent, CloseEventInit>;
  readonly ErrorEvent: EventClass<ErrorEvent, ErrorEventInit>;
}

/** The classes in force. Read them at the call, never at import. */
export let eventClasses: EventClasses = globalThis as unknown as EventClasses;

/** Puts others in. Called once, by the floor that knows what its runtime lacks. */
export function replaceEventClasses(classes: EventClasses): void {
  eventClasses = classes;
}

/** The events of a socket, by type. */
export interface WebSocketEventMap {
  /** The connection is open. */
  open: Event;
  /** A message arrived; `data` is a string for text, else what `binaryType` says. */
  message: MessageEvent;
  /** It failed; `close` follows. */
  error: ErrorEvent;
  /** It has ended. Exactly once, and last. */
  close: CloseEvent;
  /** A ping arrived and was answered; `data` is an ArrayBuffer. */
  ping: MessageEvent;
  /** A pong arrived; `data` is an ArrayBuffer. */
  pong: MessageEvent;
}
