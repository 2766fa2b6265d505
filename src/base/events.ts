// The event classes of the WHATWG interface. MessageEvent is the runtime's; CloseEvent and ErrorEvent are the runtime's
// where it has them (Node has CloseEvent since 23, ErrorEvent since 26) and the two classes below where it has not.
// Dispatches nothing.

interface PlainEventInit {
  bubbles?: boolean;
  cancelable?: boolean;
  composed?: boolean;
}

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

interface EventClass<E extends Event, Init> {
  readonly prototype: E;
  new (type: string, init?: Init): E;
}

class OwnCloseEvent extends Event implements CloseEvent {
  readonly #code: number;
  readonly #reason: string;
  readonly #wasClean: boolean;

  constructor(type: string, init: CloseEventInit = {}) {
    super(type, init);
    this.#code = (init.code ?? 0) & 0xffff;
    this.#reason = `${init.reason ?? ""}`;
    this.#wasClean = Boolean(init.wasClean);
  }

  get code(): number {
    return this.#code;
  }

  get reason(): string {
    return this.#reason;
  }

  get wasClean(): boolean {
    return this.#wasClean;
  }
}

class OwnErrorEvent extends Event implements ErrorEvent {
  readonly #init: ErrorEventInit;

  constructor(type: string, init: ErrorEventInit = {}) {
    super(type, init);
    this.#init = { ...init };
  }

  get message(): string {
    return `${this.#init.message ?? ""}`;
  }

  get filename(): string {
    return `${this.#init.filename ?? ""}`;
  }

  get lineno(): number {
    return (this.#init.lineno ?? 0) >>> 0;
  }

  get colno(): number {
    return (this.#init.colno ?? 0) >>> 0;
  }

  get error(): unknown {
    return this.#init.error;
  }
}

/** Web IDL: attributes are enumerable, and the object names its interface. */
function finish(type: EventClass<Event, never>, name: string, attributes: readonly string[]): void {
  for (const attribute of attributes) Object.defineProperty(type.prototype, attribute, { enumerable: true });
  Object.defineProperty(type.prototype, Symbol.toStringTag, { value: name, configurable: true });
  Object.defineProperty(type, "name", { value: name, configurable: true });
}
finish(OwnCloseEvent, "CloseEvent", ["code", "reason", "wasClean"]);
finish(OwnErrorEvent, "ErrorEvent", ["message", "filename", "lineno", "colno", "error"]);

function runtimeClass(name: "CloseEvent" | "ErrorEvent"): unknown {
  const candidate: unknown = Reflect.get(globalThis, name);
  return typeof candidate === "function" ? candidate : undefined;
}

export const CloseEvent: EventClass<CloseEvent, CloseEventInit> = (runtimeClass("CloseEvent") ??
  OwnCloseEvent) as EventClass<CloseEvent, CloseEventInit>;

export const ErrorEvent: EventClass<ErrorEvent, ErrorEventInit> = (runtimeClass("ErrorEvent") ??
  OwnErrorEvent) as EventClass<ErrorEvent, ErrorEventInit>;

/** The events of a socket, by type. */
export interface WebSocketEventMap {
  open: Event;
  message: MessageEvent;
  error: ErrorEvent;
  close: CloseEvent;
  /** A ping arrived and was answered; `data` is an ArrayBuffer. */
  ping: MessageEvent;
  /** A pong arrived; `data` is an ArrayBuffer. */
  pong: MessageEvent;
}
