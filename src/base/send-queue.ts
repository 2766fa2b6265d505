// What is sent while the bytes of a Blob are being read: it must not overtake the Blob. Exists only from a Blob's send
// until everything behind it has been handed on. Judges no limits: the carrier does, when it gets its turn.

import { LocalError } from "./errors.ts";
import type { Carrier } from "./carrier.ts";
import { payloadBytes, type Payload } from "./payload.ts";

export class SendQueue {
  readonly #carrier: Carrier;
  readonly #waiting: Payload[] = [];
  readonly #finished: (undelivered: number) => void;
  #closing: { code: number | undefined; reason: string | undefined } | undefined;
  #abandoned = false;
  #bytes = 0;
  #undelivered = 0;
  readonly #emptied: Promise<void>;

  /** `finished` is called once, with the bytes that the carrier no longer took, when nothing waits any more. */
  constructor(carrier: Carrier, first: Payload, finished: (undelivered: number) => void) {
    this.#carrier = carrier;
    this.#finished = finished;
    this.push(first);
    this.#emptied = this.#run();
  }

  /** Payload bytes that wait here, a Blob's included from the moment it was sent. */
  get bytes(): number {
    return this.#bytes + this.#undelivered;
  }

  /** Bytes are copied: the caller may reuse its buffer at once. */
  push(payload: Payload): void {
    this.#bytes += payloadBytes(payload);
    this.#waiting.push(payload instanceof Uint8Array ? payload.slice() : payload);
  }

  /** Starts the closing handshake behind what waits here. */
  closeAfter(code: number | undefined, reason: string | undefined): void {
    this.#closing = { code, reason };
  }

  /** The carrier has closed: nothing more is read or sent. */
  abandon(): void {
    this.#abandoned = true;
    this.#waiting.length = 0;
  }

  emptied(): Promise<void> {
    return this.#emptied;
  }

  async #run(): Promise<void> {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const data = next instanceof Blob ? await this.#read(next) : next;
      if (data === undefined || this.#abandoned) return;
      const size = payloadBytes(next);
      if (this.#carrier.send(data) === "dropped") this.#undelivered += size;
      this.#bytes -= size;
      this.#waiting.shift();
    }
    // Sending can end the connection, and with it this queue.
    if (this.#abandoned) return;
    this.#finished(this.#undelivered);
    if (this.#closing !== undefined) this.#carrier.close(this.#closing.code, this.#closing.reason);
  }

  async #read(blob: Blob): Promise<Uint8Array | undefined> {
    try {
      return new Uint8Array(await blob.arrayBuffer());
    } catch (cause) {
      // Later messages would arrive without this one, and nobody could tell.
      this.#carrier.terminate(
        new LocalError("LW_SOCKET_BLOB_UNREADABLE", "A Blob that was being sent could not be read.", { cause }),
      );
      return undefined;
    }
  }
}
