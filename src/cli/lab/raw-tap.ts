// A stream put around another one that shows every byte that passes, both ways, to somebody who looks on, and through which bytes may be
// put in between. What passes is not changed and not kept. The lab stands a server or a client on it instead of on the socket itself.
import { Duplex } from "node:stream";

/** Seen from the stream's own end: `in` came from the other end. */
export type Seen = (direction: "in" | "out", bytes: Uint8Array) => void;

export class RawTap extends Duplex {
  readonly #inner: Duplex;
  readonly #seen: Seen;

  constructor(inner: Duplex, seen: Seen) {
    super({ allowHalfOpen: true });
    this.#inner = inner;
    this.#seen = seen;
    inner.on("data", (chunk: Uint8Array) => {
      seen("in", chunk);
      if (!this.push(chunk)) inner.pause();
    });
    inner.on("end", () => this.push(null));
    inner.on("error", (error) => this.destroy(error));
    inner.on("close", () => this.destroy());
  }

  /** Writes past whoever holds this stream. Whole frames only, or the other end cannot read on. */
  insert(bytes: Uint8Array): void {
    if (this.#inner.destroyed || this.#inner.writableEnded) return;
    this.#seen("out", bytes);
    this.#inner.write(bytes);
  }

  override _read(): void {
    this.#inner.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#seen("out", chunk);
    this.#inner.write(chunk, callback);
  }

  override _final(callback: () => void): void {
    this.#inner.end(callback);
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#inner.destroy();
    callback(error);
  }
}
