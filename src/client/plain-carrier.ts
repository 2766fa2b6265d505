// A plain WebSocket as a Carrier, for servers that do not speak Longwire: the socket that was dialled goes on as it is, under
// the same surface (wire/session-v1 §4.1). What comes before anybody has it waits, its end too. What it cannot do (ping, a code
// of its own on terminate) it says.

import type { Carrier, CarrierOwner, CloseOutcome, Pressure } from "../base/carrier.ts";
import type { Clock, Timer } from "../base/clock.ts";
import { type LongwireError, RemoteError } from "../base/errors.ts";
import { platform } from "../base/platform.ts";
import { LINE_PROTOCOL } from "../session/packet.ts";
import type { SocketLike } from "../transports/websocket/client.ts";

const BOUND_BYTES = 64 * 1024;
const LOOK_EVERY_MS = 20;

export class PlainCarrier implements Carrier {
  readonly protocol: string;
  readonly extensions: string = "";
  readonly #socket: SocketLike;
  readonly #clock: Clock;
  #owner: CarrierOwner | undefined;
  #isClosing = false;
  #isPaused = false;
  /** Whether the owner was told something, and is not done with it. */
  #isBusy = true;
  readonly #held: (string | Uint8Array)[] = [];
  /** The end waits behind the messages that came before it. */
  #outcome: CloseOutcome | undefined;
  #cause: LongwireError | undefined;
  readonly #drains = new Set<() => void>();
  #watch: Timer | undefined;

  /** Takes over a socket that is open, and what came on it already. Nothing is delivered before `start()`. */
  constructor(socket: SocketLike, clock: Clock, first?: unknown) {
    this.#socket = socket;
    this.#clock = clock;
    // Whoever chose our name without being one of us chose nothing.
    this.protocol = socket.protocol === LINE_PROTOCOL ? "" : socket.protocol;
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onerror = () => {
      this.#cause = lost("has failed");
    };
    socket.onclose = ({ code, reason, wasClean = code !== 1006 }) => this.#end({ code, reason, wasClean });
    if (first !== undefined) this.#receive(first);
  }

  /** Delivers to `owner` from the next task on, as sockets do after their `open`: first what came before. */
  start(owner: CarrierOwner): void {
    this.#owner = owner;
    this.#afterMicrotasks();
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(data: string | Uint8Array): Pressure {
    if (this.#isClosing) return "dropped";
    this.#socket.send(typeof data === "string" ? data : data.slice());
    return this.#socket.bufferedAmount > BOUND_BYTES ? "queued" : "accepted";
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
    this.#cause ??= cause;
    this.#socket.onmessage = null;
    this.#socket.onclose = null;
    this.#socket.close();
    this.#held.length = 0;
    this.#isPaused = false;
    // Nobody is told while it asks for it.
    this.#isBusy = true;
    this.#end({ code: 1006, reason: "", wasClean: false });
    this.#clock.schedule(0, () => this.#goOn());
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#deliver();
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

  #receive(data: unknown): void {
    this.#held.push(data instanceof ArrayBuffer ? new Uint8Array(data) : String(data));
    this.#deliver();
  }

  /** One at a time: the microtasks of each message, or whoever reads them in a loop, come before the next one. */
  #deliver(): void {
    const owner = this.#owner;
    while (owner !== undefined && !this.#isBusy && !this.#isPaused) {
      const data = this.#held.shift();
      if (data === undefined) {
        this.#conclude(owner);
        return;
      }
      const delivery = owner.receiveMessage(data);
      if (delivery === undefined) continue;
      this.#isBusy = true;
      if (delivery === "checkpoint") this.#afterMicrotasks();
      else void delivery.then(() => this.#goOn());
    }
  }

  #afterMicrotasks(): void {
    platform.afterMicrotasks(() => this.#goOn());
  }

  #goOn(): void {
    this.#isBusy = false;
    this.#deliver();
  }

  #end({ code, reason, wasClean }: Omit<CloseOutcome, "cause">): void {
    this.#isClosing = true;
    this.#watch?.cancel();
    this.#drain();
    const cause = this.#cause ?? (wasClean ? undefined : lost("was cut"));
    this.#outcome = { code, reason, wasClean, cause };
    this.#deliver();
  }

  #conclude(owner: CarrierOwner): void {
    if (this.#outcome === undefined) return;
    this.#owner = undefined;
    owner.receiveClosed(this.#outcome);
  }
}

function lost(what: string): LongwireError {
  return new RemoteError("LW_CLIENT_PLAIN_LOST", `The plain WebSocket ${what}.`, 1006);
}
