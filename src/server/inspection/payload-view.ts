// What may be shown of a payload: its first bytes, as text if that is what they are, without what its names
// say is secret (secret-text.ts). A message may come in pieces; a secret that goes on in the next one is left out there as well.

import { redactText, type Secret } from "./secret-text.ts";

/** The beginning of a payload. */
export interface PayloadView {
  /** Undefined for bytes that are no text. */
  readonly text: string | undefined;
  /** Undefined for text. */
  readonly bytes: Uint8Array | undefined;
  /** Of the whole payload. */
  readonly length: number;
  /** Whether there is more of it than this shows. */
  readonly isCut: boolean;
}

/** The payloads of one direction of a connection, or of one channel, in their order. */
export class PayloadViews {
  readonly #mostBytes: number;
  /** Began and has not ended. */
  #open: Secret | undefined;
  #isText = false;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** The next piece of a message; `length` is that of the whole piece, of which `bytes` may be a beginning. */
  view(bytes: Uint8Array, length: number, isText: boolean, isFirst: boolean, isLast: boolean): PayloadView {
    if (isFirst) {
      this.#isText = isText;
      this.#open = undefined;
    }
    const isCut = length > Math.min(bytes.length, this.#mostBytes);
    const shown = bytes.subarray(0, this.#mostBytes);
    if (!this.#isText) return { text: undefined, bytes: shown.slice(), length, isCut };
    const before = this.#open;
    const { text } = redactText(decode(shown, isCut), before);
    if (isLast) this.#open = undefined;
    // What was cut off here may have begun a secret that goes on in the next piece.
    else this.#open = length > bytes.length ? "unknown" : redactText(decode(bytes, false), before).open;
    return { text, bytes: undefined, length, isCut };
  }
}

function decode(bytes: Uint8Array, isCut: boolean): string {
  // A character that the cut divides is left away.
  return new TextDecoder().decode(bytes, { stream: isCut });
}
