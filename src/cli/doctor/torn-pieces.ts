// Whether something on the way tears frames into small pieces. A sender's TCP cuts only what is longer than a segment, so a
// small piece that ends inside a payload was not made by it; one that ends behind a frame, or behind its header, may have been
// a write of the sender's own. Counts, and judges nothing.

import { FrameDecoder, MAX_HEADER_BYTES } from "../../protocol/index.ts";

/** Less than the smallest segment that TCP has to be able to send (RFC 9293 §3.7.1). */
const leastSegmentBytes = 536;

export class TornPieces {
  /** Pieces since it began, and how many of them were torn. */
  pieces = 0;
  torn = 0;
  readonly #header = new Uint8Array(MAX_HEADER_BYTES);
  readonly #decoder = new FrameDecoder();
  #headerBytes = 0;
  #payloadLeft = 0;

  /** What came, in pieces as they came. */
  read(piece: Uint8Array): void {
    let isBehindHeader = false;
    for (let at = 0; at < piece.length;) {
      if (this.#payloadLeft > 0) {
        const count = Math.min(this.#payloadLeft, piece.length - at);
        this.#payloadLeft -= count;
        at += count;
        isBehindHeader = false;
        continue;
      }
      this.#header[this.#headerBytes++] = piece[at++] ?? 0;
      if (this.#decoder.read(this.#header, 0, this.#headerBytes) === 0) continue;
      this.#headerBytes = 0;
      this.#payloadLeft = this.#decoder.length;
      isBehindHeader = true;
    }
    this.pieces++;
    const isInside = this.#headerBytes > 0 || (this.#payloadLeft > 0 && !isBehindHeader);
    if (isInside && piece.length < leastSegmentBytes) this.torn++;
  }
}
