// The one unfinished message of a connection: its pieces joined in one growing buffer, text checked as it arrives
// (RFC 6455 §5.4, §8.1). Pieces are never kept one by one, so a message costs its bytes, however finely it is cut; room
// is taken as bytes arrive, never on a header's announcement. Knows nothing of frames' order or limits.

import { OBJECT_COST } from "../base/limits.ts";
import { platform } from "../base/platform.ts";
import { lastCharacterStart, scanUtf8, UTF8_ACCEPT, UTF8_REJECT } from "../base/utf8.ts";

const FIRST_ROOM = 1024;
/** Below this many bytes a table walk is quicker than a call into the platform. */
const SHORT_TEXT = 24;

/**
 * The message that lies whole in `bytes[start, end)`, unmasked: the case without assembling. A binary one is copied out.
 * undefined when a text is not valid UTF-8.
 */
export function decodeMessage(
  text: boolean,
  bytes: Uint8Array,
  start: number,
  end: number,
  ascii: boolean,
): string | Uint8Array | undefined {
  if (!text) return bytes.slice(start, end);
  if (ascii) return platform.decodeLatin1(bytes, start, end);
  return platform.isUtf8(bytes.subarray(start, end)) ? platform.decodeUtf8(bytes, start, end) : undefined;
}

/** Joins the fragments of a message, and checks UTF-8 as bytes come. */
export class MessageAssembler {
  readonly text: boolean;
  #buffer: Uint8Array | undefined;
  #length = 0;
  #ascii = true;
  #utf8 = UTF8_ACCEPT;

  constructor(text: boolean) {
    this.text = text;
  }

  /** Payload bytes taken so far. */
  get length(): number {
    return this.#length;
  }

  /** What the unfinished message is charged: its buffer and the objects around it. */
  get cost(): number {
    return (this.#buffer?.length ?? 0) + OBJECT_COST;
  }

  /**
   * Takes `bytes[start, end)`, already unmasked. `expected` is what the current frame will still bring, these included: it
   * shapes the room but never by more than doubling. Returns false at the first byte that makes a text invalid.
   */
  append(bytes: Uint8Array, start: number, end: number, ascii: boolean, expected: number): boolean {
    const count = end - start;
    if (count === 0) return true;
    if (this.text && !this.#check(bytes, start, end, ascii)) return false;
    const needed = this.#length + count;
    let buffer = this.#buffer;
    if (buffer === undefined || needed > buffer.length) {
      // Never less than half as much again: room that grew by one small fragment at a time would be copied at each of them.
      const announced = Math.max(this.#length + expected, this.#length * 1.5);
      const wanted = Math.floor(Math.min(announced, Math.max(2 * needed, FIRST_ROOM)));
      const grown = platform.allocate(Math.max(needed, wanted));
      if (buffer !== undefined) grown.set(buffer.subarray(0, this.#length));
      buffer = grown;
      this.#buffer = buffer;
    }
    buffer.set(bytes.subarray(start, end), this.#length);
    this.#length = needed;
    return true;
  }

  /** The whole message, or undefined when a text ends inside a character. The bytes belong to the caller. */
  finish(): string | Uint8Array | undefined {
    const buffer = this.#buffer;
    if (!this.text) {
      if (buffer === undefined) return new Uint8Array(0);
      // A buffer that is larger than its message would pin the rest for as long as the handler keeps the message.
      return buffer.length === this.#length ? buffer : buffer.slice(0, this.#length);
    }
    if (this.#utf8 !== UTF8_ACCEPT) return undefined;
    if (buffer === undefined) return "";
    return this.#ascii ? platform.decodeLatin1(buffer, 0, this.#length) : platform.decodeUtf8(buffer, 0, this.#length);
  }

  #check(bytes: Uint8Array, start: number, end: number, ascii: boolean): boolean {
    if (ascii) return this.#utf8 === UTF8_ACCEPT;
    this.#ascii = false;
    let at = start;
    let state = this.#utf8;
    while (state !== UTF8_ACCEPT && at < end) {
      state = scanUtf8(state, bytes, at, ++at);
      if (state === UTF8_REJECT) return false;
    }
    if (end - at >= SHORT_TEXT) {
      const cut = lastCharacterStart(bytes, at, end);
      if (!platform.isUtf8(bytes.subarray(at, cut))) return false;
      at = cut;
    }
    state = scanUtf8(state, bytes, at, end);
    this.#utf8 = state;
    return state !== UTF8_REJECT;
  }
}
