// The body of a request or of an answer (wire/session-v1 §2, "Framing"): packets, each with its length before it. Reads them as
// they come, at any chunking and without a list of them (RELIABILITY V-17); a packet cut short at the end does not count.

import { Cursor, sizedBytes, varintBytes, writeSized } from "../../base/cursor.ts";
import { MAX_PACKET_BYTES } from "../../base/session.ts";

/** The length of a packet takes so many bytes at most. */
const MAX_LENGTH_BYTES = varintBytes(MAX_PACKET_BYTES);

/** The body that holds `packets`. */
export function joinPackets(packets: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(packets.reduce((sum, packet) => sum + sizedBytes(packet), 0));
  let at = 0;
  for (const packet of packets) at = writeSized(body, at, packet);
  return body;
}

/** What became of a chunk. `stopped`: whoever receives wants no more. `malformed`: this is no body of packets. */
export type Reading = "more" | "stopped" | "malformed";

export class BodyReader {
  readonly #receive: (packet: Uint8Array) => boolean;
  /** The packet that has begun to come, with its length before it: the first `#kept` bytes. */
  #room: Uint8Array = new Uint8Array(0);
  #kept = 0;
  #state: Reading = "more";
  #packetCount = 0;

  /** `receive` gets each packet, valid during the call only; false stops the reading. */
  constructor(receive: (packet: Uint8Array) => boolean) {
    this.#receive = receive;
  }

  get packetCount(): number {
    return this.#packetCount;
  }

  /** The memory that what has begun takes. */
  get retainedBytes(): number {
    return this.#room.length;
  }

  read(chunk: Uint8Array): Reading {
    const bytes = this.#kept === 0 ? chunk : this.#append(chunk);
    const cursor = new Cursor(bytes);
    let at = 0;
    while (this.#state === "more" && at < bytes.length) {
      const length = cursor.varint();
      if (length === 0 || length > MAX_PACKET_BYTES) {
        // Of a length that has not come whole every byte says that there is another one.
        const isCut = cursor.fault && bytes.length - at < MAX_LENGTH_BYTES && (bytes.at(-1) as number) >= 0x80;
        if (isCut) break;
        this.#state = "malformed";
      } else {
        const packet = cursor.take(length);
        if (cursor.fault) break;
        this.#packetCount++;
        at = cursor.at;
        if (!this.#receive(packet)) this.#state = "stopped";
      }
    }
    if (at > 0 || this.#kept === 0) this.#room = bytes.slice(at);
    this.#kept = bytes.length - at;
    return this.#state;
  }

  /** What was kept, and `chunk` behind it. */
  #append(chunk: Uint8Array): Uint8Array {
    const length = this.#kept + chunk.length;
    if (length > this.#room.length) {
      // Doubled, so that a packet that comes byte by byte is not copied once for each.
      const larger = new Uint8Array(Math.max(length, 2 * this.#room.length));
      larger.set(this.#room.subarray(0, this.#kept));
      this.#room = larger;
    }
    this.#room.set(chunk, this.#kept);
    return this.#room.subarray(0, length);
  }
}
