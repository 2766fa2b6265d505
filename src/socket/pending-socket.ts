// A socket whose upgrade request was read and not answered yet, because a hook is still deciding. What the client sends
// meanwhile is kept, up to a bound, then the client has to wait; that it went away is noticed. Judges nothing: whoever
// waits for the hook drives it, and takes the socket over with release().

import type { Duplex } from "node:stream";

export class PendingSocket {
  readonly #socket: Duplex;
  readonly #limitBytes: number;
  readonly #onGone: () => void;
  readonly #chunks: Uint8Array[];
  #bytes: number;
  #paused = false;
  #state: "waiting" | "gone" | "released" = "waiting";

  /**
   * `head` is what came with the request. `onGone` is called at most once, and not after release(): the client has hung
   * up, and nothing that is written now would be read.
   */
  constructor(socket: Duplex, head: Uint8Array, limitBytes: number, onGone: () => void) {
    this.#socket = socket;
    this.#limitBytes = limitBytes;
    this.#onGone = onGone;
    this.#chunks = head.length === 0 ? [] : [head];
    this.#bytes = head.length;
    socket.on("error", this.#receiveError);
    socket.on("close", this.#receiveGone);
    socket.on("end", this.#receiveGone);
    socket.on("data", this.#receiveChunk);
    if (this.#bytes >= limitBytes) this.#pause();
    if (socket.destroyed) this.#receiveGone();
  }

  get gone(): boolean {
    return this.#state === "gone";
  }

  /** Bytes kept so far, at most the bound and one chunk. */
  get keptBytes(): number {
    return this.#bytes;
  }

  /** Whether the client has to wait. */
  get paused(): boolean {
    return this.#paused;
  }

  /**
   * Lets go of the socket and returns what came so far. The caller listens for its data, its end and its errors before it
   * returns to the event loop; a paused one it resumes once it listens, not earlier, or data would be lost.
   */
  release(): Uint8Array {
    if (this.#state === "waiting") {
      this.#state = "released";
      this.#socket.off("error", this.#receiveError);
    }
    this.#letGo();
    const [only] = this.#chunks;
    return this.#chunks.length === 1 && only !== undefined ? only : join(this.#chunks, this.#bytes);
  }

  readonly #receiveChunk = (chunk: Uint8Array): void => {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    // One-byte chunks cost objects, not bytes.
    if (this.#chunks.length >= 64) this.#chunks.splice(0, this.#chunks.length, join(this.#chunks, this.#bytes));
    if (this.#bytes >= this.#limitBytes) this.#pause();
  };

  // The 'close' that follows says the same; without a listener this would end the process.
  readonly #receiveError = (): void => {};

  readonly #receiveGone = (): void => {
    if (this.#state !== "waiting") return;
    this.#state = "gone";
    this.#letGo();
    this.#chunks.length = 0;
    this.#bytes = 0;
    // A client that ended its side before the answer does not speak WebSocket: the other side ends as well.
    this.#socket.destroy();
    this.#onGone();
  };

  #pause(): void {
    this.#paused = true;
    this.#socket.pause();
  }

  #letGo(): void {
    this.#socket.off("close", this.#receiveGone);
    this.#socket.off("end", this.#receiveGone);
    this.#socket.off("data", this.#receiveChunk);
  }
}

function join(chunks: readonly Uint8Array[], bytes: number): Uint8Array {
  const joined = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}
