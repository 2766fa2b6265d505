// How packets lie in an HTTP body: each with its length before it (wire/session-v1 §2). A body may be cut anywhere by the
// network and ends wherever it ends: a last packet that is not whole is as if it had never been sent. Knows no packet types.

import { Cursor, varintBytes, writeVarint } from "./cursor.ts";

/** What stands before a packet of `length` bytes in a body. */
export function frameHead(length: number): Uint8Array {
  const head = new Uint8Array(varintBytes(length));
  writeVarint(head, 0, length);
  return head;
}

/** Cuts a body into packets as its bytes come. Keeps at most one unfinished packet. */
export class FrameReader {
  readonly #maxPacketBytes: number;
  /** The unfinished packet with its head, in the first `#kept` bytes. */
  #room: Uint8Array = new Uint8Array(0);
  #kept = 0;
  /** How many bytes there must be before looking again is worth it. */
  #needed = 1;

  /** A packet of more than `maxPacketBytes` is a fault. */
  constructor(maxPacketBytes: number) {
    this.#maxPacketBytes = maxPacketBytes;
  }

  /** Bytes of the unfinished packet kept so far. */
  get retainedBytes(): number {
    return this.#room.length;
  }

  /**
   * Takes the next bytes and hands on every packet they complete, each valid during the call only, until `receive` says
   * false. Returns false for bytes that cannot be a body, and then wants no more of them.
   */
  read(chunk: Uint8Array, receive: (packet: Uint8Array) => boolean): boolean {
    const bytes = this.#kept === 0 ? chunk : this.#append(chunk);
    if (bytes.length < this.#needed) return this.#keep(bytes, 0, this.#needed);
    let at = 0;
    while (at < bytes.length) {
      const cursor = new Cursor(bytes, at);
      const length = cursor.varint();
      if (cursor.fault) return isUnfinished(bytes, at) && this.#keep(bytes, at, bytes.length - at + 1);
      if (length > this.#maxPacketBytes) return false;
      const end = cursor.at + length;
      if (end > bytes.length) return this.#keep(bytes, at, end - at);
      if (!receive(cursor.take(length))) break;
      at = end;
    }
    return this.#keep(bytes, bytes.length, 1);
  }

  #append(chunk: Uint8Array): Uint8Array {
    const end = this.#kept + chunk.length;
    if (end > this.#room.length) {
      // Doubled, so that a body that comes byte by byte is not copied once for each.
      const larger = new Uint8Array(Math.max(end, 2 * this.#room.length));
      larger.set(this.#room.subarray(0, this.#kept));
      this.#room = larger;
    }
    this.#room.set(chunk, this.#kept);
    this.#kept = end;
    return this.#room.subarray(0, end);
  }

  #keep(bytes: Uint8Array, from: number, needed: number): true {
    this.#needed = needed;
    const isOwn = bytes.buffer === this.#room.buffer;
    if (isOwn && from === 0) return true;
    this.#room = bytes.slice(from);
    this.#kept = this.#room.length;
    return true;
  }
}

/** Whether the varint at `at` is merely cut off: every byte there says that another follows. */
function isUnfinished(bytes: Uint8Array, at: number): boolean {
  return bytes.length - at < 8 && bytes.subarray(at).every((byte) => byte >= 0x80);
}
