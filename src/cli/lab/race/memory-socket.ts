// A connection that has no network below it: what the server writes is given to a function, what is pushed the server reads. HTTP and
// WebSocket servers take it for a socket, so ten thousand of them cost no file descriptor.
import { Duplex } from "node:stream";

export class MemorySocket extends Duplex {
  readonly remoteAddress: string = "127.0.0.1";
  readonly #receive: (chunk: Buffer) => void;

  constructor(receive: (chunk: Buffer) => void) {
    super({ allowHalfOpen: false });
    this.#receive = receive;
    // It was ended by one side; there is nobody to tell.
    this.on("error", () => {});
  }

  override _read(): void {
    // Bytes come when the client has some.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    // Node's HTTP writes an empty piece now and then, which no network would show.
    if (chunk.length > 0) this.#receive(chunk);
    done();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.push(null);
    done();
  }
}
