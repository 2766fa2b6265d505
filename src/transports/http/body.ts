// The body of a request or of an answer (wire/session-v1 §2, "Framing"): packets, each with its length before it. Reads them as
// they come, at any chunking and without a list of them (RELIABILITY V-17); a packet cut short at the end does not count.

import { varintBytes, writeVarint } from "../../base/cursor.ts";

/** HELLO, RESUME and AUTH are less than this, every other packet less than 16 KiB and 64 bytes (wire/session-v1 §2). */
const MAX_PACKET_BYTES = 16 * 1024 + 64;
/** The length of a packet takes so many bytes at most. */
const MAX_LENGTH_BYTES = varintBytes(MAX_PACKET_BYTES);

/** The body that holds `packets`, each given in parts. */
export function joinPackets(packets: readonly (readonly Uint8Array[])[]): Uint8Array<ArrayBuffer> {
  const lengths = packets.map((parts) => parts.reduce((sum, part) => sum + part.length, 0));
  const body = new Uint8Array(lengths.reduce((sum, length) => sum + varintBytes(length) + length, 0));
  let at = 0;
  for (const [index, parts] of packets.entries()) {
    at = writeVarint(body, at, lengths[index] as number);
    for (const part of parts) {
      body.set(part, at);
      at += part.length;
    }
  }
  return body;
}

/** What became of a chunk. `stopped`: whoever receives wants no more. `malformed`: this is no body of packets. */
export type Reading = "more" | "stopped" | "malformed";

export class BodyReader {
  readonly #receive: (packet: Uint8Array) => boolean;
  /** The packet that has begun to come, with its length before it. */
  #begun: Uint8Array = new Uint8Array(0);
  #length = 0;
  #state: Reading = "more";
  #packetCount = 0;

  /** `receive` gets each packet, valid during the call only; false stops the reading. */
  constructor(receive: (packet: Uint8Array) => boolean) {
    this.#receive = receive;
  }

  get packetCount(): number {
    return this.#packetCount;
  }

  read(chunk: Uint8Array): Reading {
    let at = 0;
    if (this.#length > 0) at = this.#complete(chunk);
    while (this.#state === "more" && at < chunk.length) {
      const { end, start } = lengthAt(chunk, at);
      if (end === undefined || end > chunk.length) {
        if (start === undefined) this.#state = "malformed";
        else this.#keep(chunk, at);
        break;
      }
      this.#deliver(chunk.subarray(start, end));
      at = end;
    }
    return this.#state;
  }

  /** Adds to what has begun until it is a packet. Returns where the rest of `chunk` begins. */
  #complete(chunk: Uint8Array): number {
    let at = 0;
    while (this.#state === "more" && at < chunk.length) {
      const { end, start } = lengthAt(this.#begun.subarray(0, this.#length), 0);
      if (start === undefined) {
        this.#state = "malformed";
        break;
      }
      // Its length is not known yet: byte by byte.
      const wanted = end === undefined ? 1 : end - this.#length;
      const given = Math.min(wanted, chunk.length - at);
      this.#append(chunk.subarray(at, at + given));
      at += given;
      const whole = lengthAt(this.#begun.subarray(0, this.#length), 0);
      if (whole.end === this.#length) {
        const packet = this.#begun.subarray(whole.start, whole.end);
        this.#begun = new Uint8Array(0);
        this.#length = 0;
        this.#deliver(packet);
        break;
      }
      if (whole.start === undefined) this.#state = "malformed";
    }
    return at;
  }

  #deliver(packet: Uint8Array): void {
    this.#packetCount++;
    if (!this.#receive(packet)) this.#state = "stopped";
  }

  #keep(chunk: Uint8Array, at: number): void {
    this.#length = 0;
    this.#append(chunk.subarray(at));
  }

  #append(bytes: Uint8Array): void {
    const needed = this.#length + bytes.length;
    if (needed > this.#begun.length) {
      const { end } = lengthAt(bytes, 0);
      const grown = new Uint8Array(
        Math.max(needed, this.#length === 0 ? (end ?? MAX_LENGTH_BYTES) : this.#begun.length * 2),
      );
      grown.set(this.#begun.subarray(0, this.#length));
      this.#begun = grown;
    }
    this.#begun.set(bytes, this.#length);
    this.#length = needed;
  }
}

/**
 * Where the packet whose length is at `at` begins and ends. Without an end: its length has not come whole; without a start as
 * well: it is none.
 */
function lengthAt(bytes: Uint8Array, at: number): { readonly start: number | undefined; readonly end?: number } {
  let length = 0;
  for (let count = 0; count < MAX_LENGTH_BYTES; count++) {
    const byte = bytes[at + count];
    if (byte === undefined) return { start: at };
    length += (byte & 0x7f) * 0x80 ** count;
    if (byte >= 0x80) continue;
    const isMinimal = byte > 0 || count === 0;
    if (!isMinimal || length === 0 || length > MAX_PACKET_BYTES) return { start: undefined };
    const start = at + count + 1;
    return { start, end: start + length };
  }
  return { start: undefined };
}
