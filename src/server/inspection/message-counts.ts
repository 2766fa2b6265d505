// Messages and their bytes per socket, counted only while somebody wants them: then, and only then, this listens to the diagnostics
// channels, on which every message is told. What passed before is not known.

import * as channels from "../diagnostics.ts";

/** Messages of one socket, and their bytes, since somebody counts. */
export interface MessageCount {
  readonly messagesIn: number;
  readonly messagesOut: number;
  /** Of payload; of a publication its whole frame. */
  readonly payloadIn: number;
  readonly payloadOut: number;
}

interface Counted {
  messagesIn: number;
  messagesOut: number;
  payloadIn: number;
  payloadOut: number;
}

export class MessageCounts {
  #counts: WeakMap<object, Counted> | undefined;
  #wanted = 0;

  /** Counts from now on, until the returned function is called. Calling that again does nothing. */
  start(): () => void {
    if (this.#wanted++ === 0) this.#listen();
    let isStopped = false;
    return () => {
      if (isStopped) return;
      isStopped = true;
      if (--this.#wanted === 0) this.#leave();
    };
  }

  /** Undefined while nobody counts. */
  of(socket: object): MessageCount | undefined {
    return this.#counts === undefined ? undefined : (this.#counts.get(socket) ?? none);
  }

  #listen(): void {
    this.#counts = new WeakMap();
    channels.messageIn.subscribe(this.#receiveIn);
    channels.messageOut.subscribe(this.#receiveOut);
  }

  #leave(): void {
    this.#counts = undefined;
    channels.messageIn.unsubscribe(this.#receiveIn);
    channels.messageOut.unsubscribe(this.#receiveOut);
  }

  #countOf(socket: object): Counted {
    let counted = this.#counts?.get(socket);
    if (counted === undefined) {
      counted = { ...none };
      this.#counts?.set(socket, counted);
    }
    return counted;
  }

  readonly #receiveIn = (message: unknown): void => {
    const { socket, data } = message as { socket: object; data: unknown };
    const counted = this.#countOf(socket);
    counted.messagesIn++;
    counted.payloadIn += sizeOf(data);
  };

  readonly #receiveOut = (message: unknown): void => {
    const { socket, data } = message as { socket: object; data: unknown };
    const counted = this.#countOf(socket);
    counted.messagesOut++;
    counted.payloadOut += sizeOf(data);
  };
}

const none: MessageCount = { messagesIn: 0, messagesOut: 0, payloadIn: 0, payloadOut: 0 };

function sizeOf(data: unknown): number {
  if (typeof data === "string") return Buffer.byteLength(data);
  if (data instanceof Blob) return data.size;
  return data instanceof ArrayBuffer || ArrayBuffer.isView(data) ? data.byteLength : 0;
}
