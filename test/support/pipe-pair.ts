// Two pipes joined in memory, for drivers without sockets. Nothing moves by itself: `deliver()` brings bytes to a receiver,
// so a test decides where they are cut, how slowly they are read and when the link breaks. Bytes that are pending are kept by
// reference, as a kernel write in flight keeps them; what is written to them too early arrives changed.

import type { Pipe, PipeReceiver } from "../../src/socket/pipe.ts";
import { concat } from "./byte-builder.ts";

export interface PipeOptions {
  /** How many bytes one end takes before the other has read any. */
  readonly windowBytes?: number;
  readonly reusable?: boolean;
}

export class MemoryPipe implements Pipe {
  readonly reusable: boolean;
  readonly #windowBytes: number;
  #peer: MemoryPipe | undefined;
  #receiver: PipeReceiver | undefined;
  #incoming: Uint8Array = new Uint8Array();
  #incomingEnd: "no" | "sent" | "told" = "no";
  #pending: Uint8Array[] = [];
  #ending: "no" | "asked" | "sent" = "no";
  #whenWritten: (() => void)[] = [];
  #isPaused = false;
  #isDestroyed = false;
  #isDisconnected = false;

  constructor(options: PipeOptions) {
    this.reusable = options.reusable ?? true;
    this.#windowBytes = options.windowBytes ?? Infinity;
  }

  /** Joins both ends; once. */
  join(peer: MemoryPipe): void {
    this.#peer = peer;
    peer.#peer = this;
  }

  // --- what a driver calls ---

  get pendingBytes(): number {
    return this.#pending.reduce((sum, part) => sum + part.length, 0);
  }

  open(receiver: PipeReceiver): void {
    this.#receiver = receiver;
  }

  write(parts: readonly Uint8Array[]): void {
    if (this.#isDestroyed || this.#ending !== "no") return;
    this.#pending.push(...parts.filter((part) => part.length > 0));
    this.#move();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
  }

  end(): void {
    if (this.#ending !== "no") return;
    this.#ending = "asked";
    this.#move();
  }

  destroy(): void {
    this.breakWith(undefined);
  }

  whenWritten(run: () => void): void {
    if (this.#isDestroyed || this.#pending.length === 0) queueMicrotask(run);
    else this.#whenWritten.push(run);
  }

  // --- what a test calls ---

  get isPaused(): boolean {
    return this.#isPaused;
  }

  get isOver(): boolean {
    return this.#isDisconnected;
  }

  /** Whether a delivery would bring something. */
  get hasIncoming(): boolean {
    if (this.#isDestroyed || this.#receiver === undefined || this.#isPaused) return false;
    return this.#incoming.length > 0 || this.#incomingEnd === "sent";
  }

  /** Brings up to `count` bytes to the receiver in one chunk, or the end once there are none. */
  deliver(count = Infinity): void {
    if (!this.hasIncoming) return;
    if (this.#incoming.length === 0) {
      this.#incomingEnd = "told";
      this.#receiver?.receiveEnd();
      this.#finish();
      return;
    }
    const chunk = this.#incoming.slice(0, count);
    this.#incoming = this.#incoming.slice(chunk.length);
    if (chunk.length > 0) this.#receiver?.receiveChunk(chunk);
    // A driver parses before it returns: the memory of a chunk may be used again at once.
    chunk.fill(0xdb);
    (this.#peer as MemoryPipe).#move();
  }

  /** The transport breaks at this end, as a reset does; the other end sees its end after what was on the way. */
  breakWith(error: Error | undefined): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    this.#pending = [];
    this.#incoming = new Uint8Array();
    if (this.#ending !== "sent") (this.#peer as MemoryPipe).#receiveEnd();
    this.#ending = "sent";
    this.#disconnect(error);
  }

  #receiveEnd(): void {
    if (this.#incomingEnd === "no") this.#incomingEnd = "sent";
  }

  /** Moves pending bytes into the other end's window. */
  #move(): void {
    const peer = this.#peer as MemoryPipe;
    if (this.#isDestroyed) return;
    const waited = this.#pending.length > 0;
    for (let part = this.#pending[0]; part !== undefined; part = this.#pending[0]) {
      const room = peer.#isDestroyed ? Infinity : this.#windowBytes - peer.#incoming.length;
      if (room <= 0) return;
      const moved = part.subarray(0, room);
      if (!peer.#isDestroyed) peer.#incoming = concat([peer.#incoming, moved]);
      if (moved.length === part.length) this.#pending.shift();
      else this.#pending[0] = part.subarray(moved.length);
    }
    if (this.#ending === "asked") {
      this.#ending = "sent";
      peer.#receiveEnd();
    }
    this.#finish();
    if (!waited) return;
    for (const run of this.#whenWritten.splice(0)) queueMicrotask(run);
    queueMicrotask(() => {
      if (!this.#isDisconnected) this.#receiver?.receiveDrain();
    });
  }

  /** Both directions are done: the transport closes by itself. */
  #finish(): void {
    if (this.#ending !== "sent" || this.#incomingEnd !== "told") return;
    this.#isDestroyed = true;
    this.#disconnect(undefined);
  }

  #disconnect(error: Error | undefined): void {
    queueMicrotask(() => {
      if (this.#isDisconnected) return;
      this.#isDisconnected = true;
      this.#receiver?.receiveDisconnect(error);
      for (const run of this.#whenWritten.splice(0)) run();
    });
  }
}

/** Two ends of one transport. */
export function createPipePair(options: PipeOptions = {}): readonly [left: MemoryPipe, right: MemoryPipe] {
  const left = new MemoryPipe(options);
  const right = new MemoryPipe(options);
  left.join(right);
  return [left, right];
}

/** A receiver that only remembers: for the end of a pair that plays the peer by hand. */
export class RecordingReceiver implements PipeReceiver {
  readonly chunks: Uint8Array[] = [];
  ended = false;
  disconnects = 0;

  receiveChunk(chunk: Uint8Array): void {
    this.chunks.push(chunk.slice());
  }

  receiveDrain(): void {}

  receiveEnd(): void {
    this.ended = true;
  }

  receiveDisconnect(): void {
    this.disconnects++;
  }

  get bytes(): Uint8Array {
    return concat(this.chunks);
  }
}
