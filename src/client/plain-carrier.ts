// A plain WebSocket as a Carrier, for servers that do not speak Longwire: the socket that was dialled goes on as it is, under
// the same surface (wire/session-v1 §4.1). What it cannot do (ping, a code of its own on terminate) it says.

import type { Carrier, CarrierOwner, Pressure } from "../base/carrier.ts";
import type { Clock, Timer } from "../base/clock.ts";
import { type LongwireError, RemoteError } from "../base/errors.ts";
import { LINE_PROTOCOL } from "../session/packet.ts";
import type { SocketLike } from "../transports/websocket/client.ts";

const BOUND_BYTES = 64 * 1024;
const LOOK_EVERY_MS = 20;

export class PlainCarrier implements Carrier {
  readonly protocol: string;
  readonly extensions: string = "";
  readonly #socket: SocketLike;
  readonly #owner: CarrierOwner;
  readonly #clock: Clock;
  #isClosing = false;
  #isPaused = false;
  readonly #held: (string | Uint8Array)[] = [];
  #cause: LongwireError | undefined;
  readonly #drains = new Set<() => void>();
  #watch: Timer | undefined;

  /** Takes over a socket that is open. Nothing is delivered before `start()`. */
  constructor(socket: SocketLike, owner: CarrierOwner, clock: Clock) {
    this.#socket = socket;
    this.#owner = owner;
    this.#clock = clock;
    // Whoever chose our name without being one of us chose nothing.
    this.protocol = socket.protocol === LINE_PROTOCOL ? "" : socket.protocol;
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => this.#deliver(data);
    socket.onerror = () => {
      this.#cause = new RemoteError("LW_CLIENT_PLAIN_LOST", "The plain WebSocket has failed.", 1006);
    };
    socket.onclose = ({ code, reason }) => this.#end(code, reason);
  }

  /** Delivers what came before it was taken over. */
  start(first: unknown): void {
    if (first !== undefined) this.#deliver(first);
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(data: string | Uint8Array): Pressure {
    if (this.#isClosing) return "dropped";
    this.#socket.send(typeof data === "string" ? data : data.slice());
    return this.#socket.bufferedAmount > BOUND_BYTES ? "queued" : "accepted";
  }

  sendFrame(): Pressure {
    return "dropped";
  }

  ping(): boolean {
    return false;
  }

  close(code?: number, reason?: string): void {
    this.#isClosing = true;
    // A paused socket would never hear the answer.
    this.resume();
    this.#socket.close(code, reason);
  }

  terminate(cause?: LongwireError): void {
    this.#isClosing = true;
    this.#cause ??= cause;
    this.#socket.onclose = null;
    this.#socket.close();
    this.#clock.schedule(0, () => this.#end(1006, ""));
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    while (!this.#isPaused) {
      const data = this.#held.shift();
      if (data === undefined) return;
      this.#owner.receiveMessage(data);
    }
  }

  get paused(): boolean {
    return this.#isPaused;
  }

  drained(): Promise<void> {
    if (this.#isClosing || this.#socket.bufferedAmount === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#drains.add(resolve);
      this.#look();
    });
  }

  #look(): void {
    this.#watch ??= this.#clock.schedule(LOOK_EVERY_MS, () => {
      this.#watch = undefined;
      if (this.#socket.bufferedAmount > 0 && !this.#isClosing) this.#look();
      else this.#drain();
    });
  }

  #drain(): void {
    for (const resolve of this.#drains) resolve();
    this.#drains.clear();
  }

  #deliver(data: unknown): void {
    const message = data instanceof ArrayBuffer ? new Uint8Array(data) : String(data);
    if (this.#isPaused) this.#held.push(message);
    else this.#owner.receiveMessage(message);
  }

  #end(code: number, reason: string): void {
    this.#isClosing = true;
    this.#watch?.cancel();
    this.#drain();
    this.#held.length = 0;
    const wasClean = code !== 1006;
    const cause = this.#cause ?? (wasClean ? undefined : lost());
    this.#owner.receiveClosed({ code, reason, wasClean, cause });
  }
}

function lost(): LongwireError {
  return new RemoteError("LW_CLIENT_PLAIN_LOST", "The plain WebSocket was cut.", 1006);
}
