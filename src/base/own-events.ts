// CloseEvent and ErrorEvent for runtimes that lack them: the runtime's where it has them, and the two classes below where it
// has not. Node alone is told of this file; no page carries it.

import type {
  CloseEvent as CloseEventShape,
  CloseEventInit,
  ErrorEvent as ErrorEventShape,
  ErrorEventInit,
  EventClass,
} from "./events.ts";

class OwnCloseEvent extends Event implements CloseEventShape {
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

class OwnErrorEvent extends Event implements ErrorEventShape {
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

export type CloseEvent = CloseEventShape;
/** The runtime's own class where it has one, else one of the same shape. */
export const CloseEvent: EventClass<CloseEventShape, CloseEventInit> = (runtimeClass("CloseEvent") ??
  OwnCloseEvent) as EventClass<CloseEventShape, CloseEventInit>;

export type ErrorEvent = ErrorEventShape;
/** The runtime's own class where it has one, else one of the same shape. */
export const ErrorEvent: EventClass<ErrorEventShape, ErrorEventInit> = (runtimeClass("ErrorEvent") ??
  OwnErrorEvent) as EventClass<ErrorEventShape, ErrorEventInit>;
