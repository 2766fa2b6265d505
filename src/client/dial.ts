// A WebSocket on its way to become a transport (wire/session-v1 §4.1): dialled, greeted, perhaps probed, and then taken. Says
// what is seen and decides nothing. Sends not one byte before a GREET has come: whoever answers may be somebody else's server.

import type { Clock, Timer } from "../base/clock.ts";
import { LINE_PROTOCOL } from "../session/packet.ts";
import * as PacketType from "../session/packet-type.ts";
import { decodePacket, isViolation } from "../session/packet-decoder.ts";
import { encodePacket } from "../session/packet-encoder.ts";
import { type Dialler, type SocketLike, WebSocketClient } from "../transports/websocket/client.ts";

export interface DialOwner {
  /** It is open and was greeted: a Longwire server. `roundTripMs`: what the way there and back took, about. */
  receiveGreeted(): void;
  /** It is open, but nobody has greeted: another protocol was chosen, something else came first, or nothing in time. */
  receiveForeign(socket: SocketLike, first: unknown): void;
  /** There is no connection, or there was one and it is gone. */
  receiveFailed(code: number, reason: string): void;
  /** It is open, but a GREET is late, which comes with the answer to the handshake: perhaps nothing gets through. */
  receiveQuiet?(): void;
  /** The PING was answered. */
  receiveProven?(): void;
}

export interface DialOptions {
  readonly dial: Dialler;
  readonly clock: Clock;
  readonly url: string;
  /** The application's, before ours. */
  readonly protocols: readonly string[];
}

const TIMEOUT_MS = 10_000;
/** A GREET leaves with the answer to the handshake: as late as that took it may come, within these bounds. */
const LEAST_QUIET_MS = 50;
const MOST_QUIET_MS = 300;
const SILENCE_MS = 1_500;
const PROBE_TOKEN = 1;

export class Dial {
  readonly #clock: Clock;
  readonly #owner: DialOwner;
  readonly #socket: SocketLike | undefined;
  readonly #startedAt: number;
  #timer: Timer | undefined;
  #state: "dialling" | "open" | "greeted" | "over" = "dialling";

  constructor({ dial, clock, url, protocols }: DialOptions, owner: DialOwner) {
    this.#clock = clock;
    this.#startedAt = clock.now();
    this.#owner = owner;
    this.#timer = clock.schedule(TIMEOUT_MS, () => this.#fail(1006, "There was no connection in time."));
    try {
      this.#socket = dial(url, [...protocols, LINE_PROTOCOL]);
    } catch (error) {
      this.#timer.cancel();
      this.#timer = clock.schedule(0, () => this.#fail(1006, String(error)));
      return;
    }
    const socket = this.#socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.#receiveOpen(socket);
    socket.onmessage = ({ data }) => this.#receiveMessage(socket, data);
    socket.onclose = ({ code, reason }) => this.#fail(code, reason);
    socket.onerror = () => {};
  }

  get isGreeted(): boolean {
    return this.#state === "greeted";
  }

  /** Asks whether anything gets through both ways; `receiveProven` when it does. */
  probe(): void {
    if (this.#state === "greeted") {
      this.#socket?.send(encodePacket({ type: PacketType.ping, token: PROBE_TOKEN }));
    }
  }

  /** The link that it has become; undefined when it is none. It says nothing more. */
  take(): WebSocketClient | undefined {
    if (this.#state !== "greeted" || this.#socket === undefined) return undefined;
    this.#leave();
    return new WebSocketClient(this.#socket, this.#clock);
  }

  /** Gives it up. */
  close(): void {
    if (this.#state === "over") return;
    this.#leave();
    this.#socket?.close();
  }

  #leave(): void {
    this.#state = "over";
    this.#timer?.cancel();
    const socket = this.#socket;
    if (socket === undefined) return;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
  }

  #receiveOpen(socket: SocketLike): void {
    this.#timer?.cancel();
    if (socket.protocol !== LINE_PROTOCOL) {
      this.#yield(socket, undefined);
      return;
    }
    this.#state = "open";
    const quietMs = Math.min(MOST_QUIET_MS, Math.max(LEAST_QUIET_MS, this.#clock.now() - this.#startedAt));
    this.#timer = this.#clock.schedule(quietMs, () => {
      this.#timer = this.#clock.schedule(SILENCE_MS - quietMs, () => this.#yield(socket, undefined));
      this.#owner.receiveQuiet?.();
    });
  }

  #receiveMessage(socket: SocketLike, data: unknown): void {
    const packet = data instanceof ArrayBuffer ? decodePacket(new Uint8Array(data)) : "unknown";
    const type = packet === "unknown" || isViolation(packet) ? undefined : packet.type;
    if (this.#state === "greeted") {
      if (type === PacketType.pong) this.#owner.receiveProven?.();
    } else if (type === PacketType.greet) {
      this.#timer?.cancel();
      this.#state = "greeted";
      this.#owner.receiveGreeted();
    } else {
      this.#yield(socket, data);
    }
  }

  #yield(socket: SocketLike, first: unknown): void {
    this.#leave();
    this.#owner.receiveForeign(socket, first);
  }

  #fail(code: number, reason: string): void {
    if (this.#state === "over") return;
    this.close();
    this.#owner.receiveFailed(code, reason);
  }
}
