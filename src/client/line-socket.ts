// One URI of a line: a WHATWG WebSocket that a channel carries, or, at a server that does not speak Longwire, a plain
// WebSocket. It stays OPEN while its session has no transport; `suspend` and `resume` tell. DESIGN §6.

import type { Carrier, CloseOutcome } from "../base/carrier.ts";
import type { LongwireError } from "../base/errors.ts";
import type { WebSocketEventMap } from "../base/events.ts";
import type { Listener, ListenerOptions } from "../base/listeners.ts";
import { WebSocketSurface } from "../base/websocket-surface.ts";
import type { MobileOwner } from "../channels/mobile-channel.ts";
import type { TransportKind } from "../session/way.ts";
import { LineEvent } from "./line-events.ts";
import type { OutboxEvent } from "./outbox/events.ts";

/** What a socket needs of the line that it belongs to. */
export interface SocketHome {
  /** The socket gives up before it was open. `receiveClosed` follows. */
  abandon(cause: LongwireError): void;
  /** It has closed. */
  release?(): void;
  /** What carries it now. */
  transport?(): TransportKind | undefined;
}

/** The events that a socket of a line has besides those of every socket. */
export interface LineSocketEventMap {
  /** The network is gone. Nothing is lost: what is sent waits. */
  suspend: LineEvent;
  /** It is back, and the socket goes on where it was. */
  resume: LineEvent;
  /** Another transport carries the session. */
  transport: LineEvent;
  /** Something happened to messages of its outbox. */
  outbox: OutboxEvent;
}

/** A WebSocket that outlives its connections: `line.open()` and `new WebSocket()` of longwire/client give one. */
export class LineSocket extends WebSocketSurface implements MobileOwner {
  #home: SocketHome | undefined;
  #channel: Carrier | undefined;
  #isSuspended = false;

  /** @internal Applications call `line.open()` or `new WebSocket()`. */
  constructor(url: string) {
    super(url, "blob");
  }

  override addEventListener<K extends keyof LineSocketEventMap>(
    type: K,
    listener: Listener<LineSocketEventMap[K]>,
    options?: boolean | ListenerOptions,
  ): void;
  override addEventListener<K extends keyof WebSocketEventMap>(
    type: K,
    listener: Listener<WebSocketEventMap[K]>,
    options?: boolean | ListenerOptions,
  ): void;
  override addEventListener(type: string, listener: Listener<Event>, options?: boolean | ListenerOptions): void;
  override addEventListener(type: string, listener: Listener<never>, options?: boolean | ListenerOptions): void {
    super.addEventListener(type, listener as Listener<Event>, options);
  }

  /**
   * What carries it: one of the transports of its line. Undefined while nothing does, before it is open, and at a server that
   * does not speak Longwire. A `transport` event tells when it is another one.
   */
  get transport(): TransportKind | undefined {
    return this.readyState === OPEN ? this.#home?.transport?.() : undefined;
  }

  /** @internal Where it belongs. */
  settle(home: SocketHome): void {
    this.#home = home;
  }

  /** @internal Takes what is sent from now on, also before it is accepted. */
  sendThrough(carrier: Carrier): void {
    this.adopt(carrier, false);
  }

  /** @internal What carries it once it is accepted. */
  expect(channel: Carrier): void {
    this.#channel = channel;
  }

  /** @internal It is open, on `carrier`. */
  accept(carrier: Carrier): void {
    this.adopt(carrier);
    this.announceOpen();
  }

  /** Called by the channel: the server has let it in. */
  receiveAccepted(): void {
    if (this.#channel !== undefined) this.accept(this.#channel);
  }

  /** @internal The session has lost its transport; nothing of this socket is lost. */
  suspend(): void {
    if (this.#isSuspended || this.readyState !== OPEN) return;
    this.#isSuspended = true;
    this.dispatchEvent(new LineEvent("suspend", undefined));
  }

  /** @internal It has one again. */
  restore(transport: TransportKind): void {
    if (!this.#isSuspended || this.readyState !== OPEN) return;
    this.#isSuspended = false;
    this.dispatchEvent(new LineEvent("resume", transport));
  }

  /** @internal It is carried by `transport` now. */
  move(transport: TransportKind): void {
    if (this.readyState === OPEN) this.dispatchEvent(new LineEvent("transport", transport));
  }

  /** @internal Something happened to messages that were sent. What nobody hears of messages that are lost is an error. */
  announce(event: OutboxEvent, isLoss: boolean): void {
    if (isLoss && !this.hears(event.type)) this.reportError(event.cause);
    this.dispatchEvent(event);
  }

  /** Called by the channel: it has gone on in another session. */
  receiveMoved(isGap: boolean): void {
    this.#isSuspended = false;
    if (this.readyState === OPEN) this.dispatchEvent(new LineEvent("resume", this.transport, { isFresh: true, isGap }));
  }

  protected override reportError(error: unknown): void {
    queueMicrotask(() => {
      throw error;
    });
  }

  protected override abandon(cause: LongwireError): void {
    this.#home?.abandon(cause);
  }

  override receiveClosed(outcome: CloseOutcome): void {
    super.receiveClosed(outcome);
    this.#home?.release?.();
  }
}

const OPEN = 1;
