// The WHATWG WebSocket interface over any Carrier: ready state, events, buffered amount, and what this library adds to it
// (pressure, ping, pause, terminate, async iteration). WHATWG WebSockets §3. Knows no frames, sockets or time; portable.
// A Carrier drives the `receive…` half. How a connection comes to be is up to the classes that extend it.

import { LocalError, type LongwireError } from "./errors.ts";
import type { Carrier, CarrierOwner, CloseOutcome, Delivery, Pressure } from "./carrier.ts";
import { checkCloseArguments } from "./close-arguments.ts";
import { type CloseEvent, type ErrorEvent, eventClasses, type WebSocketEventMap } from "./events.ts";
import { Listeners, type Listener, type ListenerOptions } from "./listeners.ts";
import { MessageReaders } from "./message-reader.ts";
import {
  ownedBuffer,
  payloadBytes,
  payloadOf,
  pingPayload,
  toText,
  type BinaryType,
  type Sendable,
} from "./payload.ts";
import { SendQueue } from "./send-queue.ts";
import { exposeWebSocketInterface } from "./web-interface.ts";

/** 0 CONNECTING, 1 OPEN, 2 CLOSING, 3 CLOSED. */
export type ReadyState = 0 | 1 | 2 | 3;

/** What messages are, after `binaryType`. */
export type MessageData = string | ArrayBuffer | Blob;

/** An event handler attribute, e.g. `onmessage`. */
export type EventHandler<E extends Event> = ((this: WebSocketSurface, event: E) => unknown) | null;

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

/** What every socket has, whatever carries it: the browser's interface (WHATWG WebSockets §3.1), and what is beyond it. */
export abstract class WebSocketSurface extends EventTarget implements CarrierOwner {
  declare static readonly CONNECTING: 0;
  declare static readonly OPEN: 1;
  declare static readonly CLOSING: 2;
  declare static readonly CLOSED: 3;
  declare readonly CONNECTING: 0;
  declare readonly OPEN: 1;
  declare readonly CLOSING: 2;
  declare readonly CLOSED: 3;

  readonly #url: string;
  #origin: string | undefined;
  #binaryType: BinaryType;
  #readyState: ReadyState = CONNECTING;
  #carrier: Carrier | undefined;
  #protocol = "";
  #extensions = "";
  #paused = false;
  #cause: LongwireError | undefined;
  // Made when first needed.
  #listeners: Listeners | undefined;
  #readers: MessageReaders<MessageData> | undefined;
  #held: SendQueue | undefined;
  /** Bytes sent too late, or still waiting when the connection closed: they count for ever. */
  #undelivered = 0;

  /** Starts CONNECTING; `adopt` makes it OPEN. */
  constructor(url: string, binaryType: BinaryType) {
    super();
    this.#url = url;
    this.#binaryType = binaryType;
  }

  // --- for the classes that extend this one ---

  /** Where exceptions of listeners and handlers go. They harm no other listener, nor the connection. */
  protected abstract reportError(error: unknown): void;

  /** Gives up an attempt, unless it was born open; afterwards, in a task of its own, `receiveClosed` must be called. */
  protected abandon(_cause: LongwireError): void {}

  /** Ends a connection attempt: CLOSING from here on. Does nothing once there is a connection. */
  protected giveUp(cause: LongwireError): void {
    if (this.#readyState !== CONNECTING) return;
    this.#readyState = CLOSING;
    this.abandon(cause);
  }

  /** The connection is established: OPEN from here on. Or it will be, and `carrier` takes sends already. Dispatches nothing. */
  protected adopt(carrier: Carrier, isOpen = true): void {
    this.#carrier = carrier;
    if (!isOpen) return;
    this.#protocol = carrier.protocol;
    this.#extensions = carrier.extensions;
    this.#readyState = OPEN;
    if (this.#paused) carrier.pause();
  }

  /** What carries this socket while it is OPEN or CLOSING. */
  protected get carrier(): Carrier | undefined {
    return this.#carrier;
  }

  /** Whether a loop reads the messages. */
  protected get isIterated(): boolean {
    return this.#readers !== undefined && this.#readers.size > 0;
  }

  /** Dispatches `open`. */
  protected announceOpen(): void {
    if (this.hears("open")) this.dispatchEvent(new Event("open"));
  }

  // --- WHATWG WebSockets §3.1, the interface ---

  get url(): string {
    return this.#url;
  }

  get readyState(): ReadyState {
    return this.#readyState;
  }

  get bufferedAmount(): number {
    return (this.#carrier?.bufferedBytes ?? 0) + (this.#held?.bytes ?? 0) + this.#undelivered;
  }

  get extensions(): string {
    return this.#extensions;
  }

  get protocol(): string {
    return this.#protocol;
  }

  get binaryType(): BinaryType {
    return this.#binaryType;
  }

  set binaryType(value: BinaryType) {
    const text = toText(value);
    // Web IDL: an unknown enumeration value is ignored, not an error.
    if (text === "blob" || text === "arraybuffer") this.#binaryType = text;
  }

  get onopen(): EventHandler<Event> {
    return this.#attribute("open");
  }

  set onopen(value: EventHandler<Event>) {
    this.#setAttribute("open", value);
  }

  get onmessage(): EventHandler<MessageEvent> {
    return this.#attribute("message");
  }

  set onmessage(value: EventHandler<MessageEvent>) {
    this.#setAttribute("message", value);
  }

  get onerror(): EventHandler<ErrorEvent> {
    return this.#attribute("error");
  }

  set onerror(value: EventHandler<ErrorEvent>) {
    this.#setAttribute("error", value);
  }

  get onclose(): EventHandler<CloseEvent> {
    return this.#attribute("close");
  }

  set onclose(value: EventHandler<CloseEvent>) {
    this.#setAttribute("close", value);
  }

  /**
   * Sends one message; bytes are copied before it returns. A Blob counts in `bufferedAmount` at once and holds later
   * messages back until it was read. Throws InvalidStateError while CONNECTING; afterwards tells what became of it.
   */
  send(data: Sendable): Pressure {
    if (arguments.length === 0) throw new TypeError("send() needs one argument, the message.");
    const payload = payloadOf(data);
    const carrier = this.#carrier;
    if (this.#readyState === CONNECTING && carrier === undefined) {
      throw new DOMException("The WebSocket is still connecting: send after its open event.", "InvalidStateError");
    }
    if (this.#readyState > OPEN || carrier === undefined) {
      this.#undelivered += payloadBytes(payload);
      return "dropped";
    }
    if (this.#held !== undefined) {
      this.#held.push(payload);
      return "queued";
    }
    if (payload instanceof Blob) {
      this.#held = new SendQueue(carrier, payload, (undelivered) => {
        this.#held = undefined;
        this.#undelivered += undelivered;
      });
      return "queued";
    }
    const pressure = carrier.send(payload);
    if (pressure === "dropped") this.#undelivered += payloadBytes(payload);
    return pressure;
  }

  /**
   * Starts the closing handshake, behind everything sent before. `code` is 1000 or 3000 to 4999 (else InvalidAccessError),
   * `reason` at most 123 bytes of UTF-8 (else SyntaxError). While CONNECTING the attempt is given up instead.
   */
  close(code?: number, reason?: string): void {
    const close = checkCloseArguments(code, reason);
    if (this.#readyState === CONNECTING) this.giveUp(abandoned("close"));
    else this.beginClose(close.code, close.reason);
  }

  /** Starts the closing handshake of an OPEN socket with any code that may travel. The arguments were judged before. */
  protected beginClose(code: number | undefined, reason: string | undefined): void {
    if (this.#readyState !== OPEN) return;
    this.receiveClosing();
    if (this.#held !== undefined) this.#held.closeAfter(code, reason);
    else this.#carrier?.close(code, reason);
  }

  // --- beyond the standard ---

  /** What went wrong, once the socket has failed: set before `error` and `close` are dispatched. */
  get cause(): LongwireError | undefined {
    return this.#cause;
  }

  /** Sends a ping with at most 125 bytes. False when the socket is closing: nothing was sent. */
  ping(payload?: string | ArrayBuffer | ArrayBufferView): boolean {
    const bytes = payload === undefined ? undefined : pingPayload(payload);
    if (this.#readyState === CONNECTING) {
      throw new DOMException("The WebSocket is still connecting: ping after its open event.", "InvalidStateError");
    }
    return this.#readyState === OPEN && this.#carrier !== undefined && this.#carrier.ping(bytes);
  }

  /** Drops the connection without a closing handshake: `close` follows with 1006. */
  terminate(): void {
    if (this.#readyState === CONNECTING) {
      this.giveUp(abandoned("terminate"));
    } else if (this.#readyState !== CLOSED) {
      this.receiveClosing();
      this.#carrier?.terminate();
    }
  }

  /** Stops reading: the peer has to wait once its window is full. Messages read before still arrive. */
  pause(): void {
    this.#paused = true;
    this.#carrier?.pause();
  }

  /** Reads on. */
  resume(): void {
    this.#paused = false;
    this.#carrier?.resume();
  }

  get paused(): boolean {
    return this.#carrier?.paused ?? this.#paused;
  }

  /** Resolves when nothing waits to be sent, or the socket has closed. */
  async drained(): Promise<void> {
    await this.#held?.emptied();
    await this.#carrier?.drained();
  }

  /**
   * Reads the messages from here on, one at a time: the next one is held back until the loop asks for it. Ends when the
   * socket has closed; throws its `cause` if it failed. Leaving the loop early leaves the socket open.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<MessageData> {
    const readers = (this.#readers ??= new MessageReaders());
    const reader = readers.open();
    if (this.#readyState === CLOSED) readers.end(this.#cause);
    return reader;
  }

  // --- listeners ---

  override addEventListener<K extends keyof WebSocketEventMap>(
    type: K,
    listener: Listener<WebSocketEventMap[K]>,
    options?: boolean | ListenerOptions,
  ): void;
  override addEventListener(type: string, listener: Listener<Event>, options?: boolean | ListenerOptions): void;
  override addEventListener(type: string, listener: unknown, options?: boolean | ListenerOptions): void {
    // Allowed by the standard, without effect; Node would print a warning.
    if (listener === null || listener === undefined) return;
    super.addEventListener(type, this.#listen().guard(`${type}`, listener), options);
  }

  override removeEventListener<K extends keyof WebSocketEventMap>(
    type: K,
    listener: Listener<WebSocketEventMap[K]>,
    options?: boolean | { capture?: boolean },
  ): void;
  override removeEventListener(
    type: string,
    listener: Listener<Event>,
    options?: boolean | { capture?: boolean },
  ): void;
  override removeEventListener(type: string, listener: unknown, options?: boolean | { capture?: boolean }): void {
    // Node 20 overlooks a bare `true` here.
    const flags = typeof options === "boolean" ? { capture: options } : options;
    super.removeEventListener(type, this.#listen().guardOf(listener), flags);
  }

  #listen(): Listeners {
    return (this.#listeners ??= new Listeners((error) => this.reportError(error)));
  }

  protected hears(type: string): boolean {
    return this.#listeners !== undefined && this.#listeners.hears(type);
  }

  #attribute<E extends Event>(type: string): EventHandler<E> {
    return (this.#listeners?.attribute(type) ?? null) as EventHandler<E>;
  }

  #setAttribute(type: string, value: unknown): void {
    this.#listen().setAttribute(this, type, value);
  }

  // --- inward: called by the carrier ---

  /** Called by the carrier: one message. */
  receiveMessage(data: string | Uint8Array): Delivery {
    // WHATWG WebSockets §4: "If ready state is not OPEN (1), then return."
    if (this.#readyState !== OPEN) return undefined;
    const heard = this.hears("message");
    const readers = this.#readers;
    if (!heard && (readers === undefined || readers.size === 0)) return undefined;
    const shown = this.#present(data);
    if (heard) this.dispatchEvent(new MessageEvent("message", { data: shown, origin: this.#eventOrigin() }));
    // A handler may have closed the socket.
    if (readers === undefined || this.readyState !== OPEN) return "checkpoint";
    return readers.offer(shown) ?? "checkpoint";
  }

  /** Called by the carrier: a ping, already answered. */
  receivePing(payload: Uint8Array): void {
    this.#dispatchControl("ping", payload);
  }

  /** Called by the carrier: a pong. */
  receivePong(payload: Uint8Array): void {
    this.#dispatchControl("pong", payload);
  }

  /** Called by the carrier: the closing handshake has begun. Dispatches nothing. */
  receiveClosing(): void {
    if (this.#readyState === OPEN || this.#readyState === CONNECTING) this.#readyState = CLOSING;
    this.#readers?.release();
  }

  /** Called by the carrier, last: the connection has ended. */
  receiveClosed(outcome: CloseOutcome): void {
    if (this.#readyState === CLOSED) return;
    this.#readyState = CLOSED;
    this.#cause = outcome.cause;
    this.#undelivered += (this.#carrier?.bufferedBytes ?? 0) + (this.#held?.bytes ?? 0);
    this.#held?.abandon();
    this.#held = undefined;
    this.#carrier = undefined;
    const { code, reason, wasClean, cause } = outcome;
    if (cause !== undefined && this.hears("error")) {
      this.dispatchEvent(new eventClasses.ErrorEvent("error", { message: cause.message, error: cause }));
    }
    if (this.hears("close")) {
      this.dispatchEvent(new eventClasses.CloseEvent("close", { code, reason, wasClean }));
    }
    this.#readers?.end(cause);
  }

  #dispatchControl(type: "ping" | "pong", payload: Uint8Array): void {
    if (this.#readyState === CLOSED || !this.hears(type)) return;
    this.dispatchEvent(new MessageEvent(type, { data: ownedBuffer(payload), origin: this.#eventOrigin() }));
  }

  #present(data: string | Uint8Array): MessageData {
    if (typeof data === "string") return data;
    const buffer = ownedBuffer(data);
    return this.#binaryType === "blob" ? new Blob([buffer]) : buffer;
  }

  #eventOrigin(): string {
    return (this.#origin ??= new URL(this.#url).origin);
  }
}

exposeWebSocketInterface(WebSocketSurface);

function abandoned(method: string): LocalError {
  return new LocalError("LW_SOCKET_ABANDONED", `${method}() was called before the connection was established.`);
}
