// Reads one direction of a connection's bytes as frames (RFC 6455 §5.2), for whoever looks on: keeps of each payload no more than
// it may show, unmasked. Judges nothing: what breaks a rule is shown as it is. Must begin at the head of a frame.

import { FrameDecoder } from "../../protocol/frame-decoder.ts";
import { type FrameHeader, MAX_HEADER_BYTES } from "../../protocol/frame.ts";

export interface SeenFrame {
  readonly header: FrameHeader;
  /** The first bytes of the payload, not more than may be shown. Nobody else's. */
  readonly payload: Uint8Array;
}

export class FrameReader {
  readonly #mostBytes: number;
  readonly #receive: (frame: SeenFrame) => void;
  readonly #head: Uint8Array = new Uint8Array(MAX_HEADER_BYTES);
  #headBytes = 0;
  #decoder: FrameDecoder | undefined;
  /** Of the frame whose payload is arriving. */
  #header: FrameDecoder | undefined;
  #payload: Uint8Array = nothing;
  /** Payload bytes seen so far. */
  #seenBytes = 0;

  /** `mostBytes`: how much of a payload is kept. */
  constructor(mostBytes: number, receive: (frame: SeenFrame) => void) {
    this.#mostBytes = mostBytes;
    this.#receive = receive;
  }

  /** The next bytes, cut anywhere. Frames are told as soon as they are complete. */
  read(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length || this.#isComplete) {
      if (this.#header === undefined) at = this.#readHead(chunk, at);
      else at = this.#readPayload(this.#header, chunk, at);
    }
  }

  get #isComplete(): boolean {
    return this.#header !== undefined && this.#seenBytes >= this.#header.length;
  }

  #readHead(chunk: Uint8Array, at: number): number {
    this.#head[this.#headBytes++] = chunk[at] as number;
    const header = (this.#decoder ??= new FrameDecoder());
    if (header.read(this.#head, 0, this.#headBytes) > 0) {
      this.#decoder = undefined;
      this.#header = header;
      this.#headBytes = 0;
      this.#seenBytes = 0;
      this.#payload = new Uint8Array(Math.min(header.length, this.#mostBytes));
    }
    return at + 1;
  }

  #readPayload(header: FrameDecoder, chunk: Uint8Array, at: number): number {
    const count = Math.min(chunk.length - at, header.length - this.#seenBytes);
    const shown = Math.min(count, this.#payload.length - this.#seenBytes);
    for (let index = 0; index < shown; index++) {
      const place = this.#seenBytes + index;
      const key = (header.maskKey >>> (24 - 8 * (place % 4))) & 0xff;
      this.#payload[place] = (chunk[at + index] as number) ^ key;
    }
    this.#seenBytes += count;
    if (this.#seenBytes >= header.length) {
      this.#header = undefined;
      this.#receive({ header, payload: this.#payload });
    }
    return at + count;
  }
}

const nothing = new Uint8Array(0);
